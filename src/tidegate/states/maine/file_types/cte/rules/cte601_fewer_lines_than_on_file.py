"""CTE601: the file has fewer lines of a student, CTE school and CTE code than are on file."""

import polars as pl

from tidegate.core.rules.expressions import UPLOAD
from tidegate.core.rules.lines.line_count import LineCountRule
from tidegate.states.maine.file_types.cte.lines import NOT_THEIRS, in_words

_STORED = {"is_stored": True, UPLOAD: 7}
_LATER = {"StartDate": "2021-01-25", "CreditsEarned": "2.00"}


class FewerLinesThanOnFile(LineCountRule):
    """The file has fewer lines of a student, CTE school and CTE code than are on file.

    What it checks: A student's lines for one CTE school and CTE code have no number of their own,
    so nobody can tell which line on file a new one corrects. The file needs at least as many of
    them as are on file. If it has fewer, every line on file stays, and a row that equals one of
    these counts as loaded; a row that differs is not loaded.

    How to fix it: Choose on the page of the upload what happens to the lines on file: keep them and
    add these, or withdraw them. Or send all lines of this student, CTE school and CTE code in one
    file: those on file that are still right, and the corrected or new ones. If one of them is in
    your file with another student number, school or CTE code, correct that. A fix file needs its
    columns Row and What to fix, so that it adds to what was loaded.
    """

    code = "CTE601"
    message = (
        "Not loaded, because {on_file} lines are on file for this student, CTE school and CTE Code and the file has "
        "only {in_file}: on file are {lines}{unplaced}"
    )
    suppressed_by = ("CTE603", *NOT_THEIRS)
    columns = ("StateStudentID", "SchoolID", "CTECode")
    good = (
        {"rows": [_STORED, _STORED | _LATER, {}]},
        {"rows": [_STORED, _STORED | _LATER, {}, {"CreditsEarned": "3.00"}]},
        {"rows": [_STORED | {"code.code": "51.0000"}, _STORED | {"code.code": "51.0000"}, {}]},
        {"rows": [_STORED, _STORED | _LATER, {"CreditsEarned": "x"}]},
    )
    bad = (
        {"rows": [_STORED, _STORED | _LATER, {"CreditsEarned": "3.00"}]},
        {"rows": [_STORED, _STORED | _LATER, _STORED | _LATER, {}, {}]},
    )

    def in_words(self, records: pl.DataFrame) -> pl.Expr:
        """Return the CTE records of a group in words."""
        return in_words(records)
