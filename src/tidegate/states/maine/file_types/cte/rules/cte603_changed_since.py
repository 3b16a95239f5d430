"""CTE603: the lines that a fix file adds to have changed since."""

import polars as pl

from tidegate.core.rules.expressions import HAS_CHANGED, UPLOAD
from tidegate.states.maine.file_types.cte.lines import HAS_GROUP_CHANGED, IS_NEW, NOT_THEIRS, LinesOnFileRule

_STORED = {"is_stored": True, UPLOAD: 7}


class ChangedSince(LinesOnFileRule):
    """The lines that a fix file adds to have changed since.

    What it checks: A fix file adds to what the corrected upload has loaded for the student, CTE school and CTE code.
    If these lines were changed since, for example by a later upload, the fix file would bring back the old ones.

    How to fix it: Send all lines of this student, CTE school and CTE code in a new file, without the columns Row and
    What to fix.
    """

    code = "CTE603"
    message = (
        "Not loaded, because the lines of this student, CTE school and CTE Code have changed since the upload that "
        "this file corrects: on file are {lines}"
    )
    suppressed_by = NOT_THEIRS
    good = (
        {"rows": [_STORED | {HAS_CHANGED: False}, {"CreditsEarned": "3.00"}]},
        {"rows": [_STORED | {HAS_CHANGED: True}, {}]},
    )
    bad = ({"rows": [_STORED | {HAS_CHANGED: True}, {"CreditsEarned": "3.00"}]},)

    def broken(self) -> pl.Expr:
        """True where a row of a group that has changed equals no line on file."""
        return pl.col(HAS_GROUP_CHANGED).fill_null(False) & pl.col(IS_NEW)
