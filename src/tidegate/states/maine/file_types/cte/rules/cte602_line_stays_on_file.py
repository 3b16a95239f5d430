"""CTE602: a line on file is not in the file, and stays."""

import polars as pl

from tidegate.core.rules.expressions import ROW, UPLOAD, row_is_bad
from tidegate.core.rules.rule import Severity
from tidegate.states.maine.file_types.cte.lines import GROUP, IS_NEW, NOT_THEIRS, LinesOnFileRule, has_fewer

_STORED = {"is_stored": True, UPLOAD: 7}
_LATER = {"StartDate": "2021-01-25", "CreditsEarned": "2.00"}


class LineStaysOnFile(LinesOnFileRule):
    """A line on file is not in the file, and stays.

    What it checks: The file has all lines of a student for one CTE school and CTE code that are on file. A line that
    is left out is not taken away, since it may have been left out by mistake.

    How to fix it: Nothing, if the line on file is right. If it is wrong, send all of these lines with that one
    corrected. If it should not be there at all, ask the state data team.
    """

    code = "CTE602"
    message = (
        "{on_file} lines are on file for this student, CTE school and CTE Code and the file has {in_file}, so those "
        "on file stay: {lines}"
    )
    severity = Severity.NOTICE
    suppressed_by = ("CTE601", "CTE603", *NOT_THEIRS)
    good = (
        {"rows": [_STORED, {}]},
        {"rows": [_STORED, _STORED | _LATER, {}, _LATER]},
        {"rows": [_STORED, _STORED | _LATER, {"CreditsEarned": "3.00"}]},
        {"rows": [_STORED, _STORED, _STORED | _LATER, {"row_is_bad": True}, {}]},
    )
    bad = ({"rows": [_STORED, _STORED | _LATER, {}]},)

    def broken(self) -> pl.Expr:
        """True for the first row of a group with fewer lines, where all of its rows equal lines on file."""
        is_first = pl.col(ROW) == pl.col(ROW).min().over(GROUP)
        return has_fewer() & is_first & ~pl.col(IS_NEW).any().over(GROUP) & ~row_is_bad().any().over(GROUP)
