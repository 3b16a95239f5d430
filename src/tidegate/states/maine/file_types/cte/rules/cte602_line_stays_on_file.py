"""CTE602: a line on file is not in the file, and stays."""

import polars as pl

from tidegate.core.rules.expressions import MOVES, UPLOAD
from tidegate.core.rules.lines.staying_line import StayingLineRule
from tidegate.states.maine.file_types.cte.lines import NOT_THEIRS, in_words

_STORED = {"is_stored": True, UPLOAD: 7}
_LATER = {"StartDate": "2021-01-25", "CreditsEarned": "2.00"}
_BAD_ELSEWHERE = {"code.code": "47.0604", "row_is_bad": True}


class LineStaysOnFile(StayingLineRule):
    """A line on file is not in the file, and stays.

    What it checks: The file has all lines of a student for one CTE school and CTE code that are on
    file. A line that is left out is not removed, since it may have been left out by mistake. In a
    complete file a line whose CTE code was corrected is not left out.

    How to fix it: If the line on file is right, leave it. If it is wrong, send all of these lines
    with that one corrected. If it should not be there at all, withdraw it on the page of the
    upload.
    """

    code = "CTE602"
    message = (
        "{on_file} lines are on file for this student, CTE school and CTE Code and the file has {in_file}, so those "
        "on file stay: {lines}"
    )
    suppressed_by = ("CTE601", "CTE603", *NOT_THEIRS)
    columns = ("StateStudentID", "SchoolID", "CTECode")
    good = (
        {"rows": [_STORED, {}]},
        {"rows": [_STORED, _STORED | _LATER, {}, _LATER]},
        {"rows": [_STORED, _STORED | _LATER, {"CreditsEarned": "3.00"}]},
        {"rows": [_STORED, _STORED, _STORED | _LATER, {"row_is_bad": True}, {}]},
        {"rows": [_STORED, _STORED | _LATER | {MOVES: True}, {}]},
    )
    bad = (
        {"rows": [_STORED, _STORED | _LATER, {}]},
        {"rows": [_STORED, _STORED | _LATER | {MOVES: True}, _BAD_ELSEWHERE, {}]},
    )

    def in_words(self, records: pl.DataFrame) -> pl.Expr:
        """Return the CTE records of a group in words."""
        return in_words(records)
