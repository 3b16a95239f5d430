"""CTE603: the lines that a fix file adds to have changed since."""

import polars as pl

from tidegate.core.rules.expressions import HAS_CHANGED, UPLOAD
from tidegate.core.rules.lines.group_change import GroupChangeRule
from tidegate.states.maine.file_types.cte.lines import NOT_THEIRS, in_words

_STORED = {"is_stored": True, UPLOAD: 7}


class ChangedSince(GroupChangeRule):
    """The lines that a fix file adds to have changed since.

    What it checks: A fix file adds to what the corrected upload loaded for the student, CTE school
    and CTE code. If these lines have changed since then, or another has come, for example in a
    later upload, the fix file would bring the old ones back or take the place of the new one.

    How to fix it: Send all lines of this student, CTE school and CTE code in a new file, without
    the columns Row and What to fix.
    """

    code = "CTE603"
    message = (
        "Not loaded, because the lines of this student, CTE school and CTE Code have changed since the upload that "
        "this file corrects: on file are {lines}"
    )
    suppressed_by = NOT_THEIRS
    columns = ("StateStudentID", "SchoolID", "CTECode")
    good = (
        {"rows": [_STORED | {HAS_CHANGED: False}, {"CreditsEarned": "3.00"}]},
        {"rows": [_STORED | {HAS_CHANGED: True}, {}]},
    )
    bad = ({"rows": [_STORED | {HAS_CHANGED: True}, {"CreditsEarned": "3.00"}]},)

    def in_words(self, records: pl.DataFrame) -> pl.Expr:
        """Return the CTE records of a group in words."""
        return in_words(records)
