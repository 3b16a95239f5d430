"""CTE504: the SAU is not one that the student attends."""

import polars as pl

from tidegate.core.rules.expressions import stored
from tidegate.core.rules.rule import RowRule


class OtherSau(RowRule):
    """The SAU is not one that the student attends.

    What it checks: The SAU ID is that of the student's primary or concurrent enrollment in the school year.

    How to fix it: Put the ID of the SAU that the student attends into the column: the sending school's, or the CTE
    school's.
    """

    code = "CTE504"
    message = 'SAU ID "{SAUID}" is not the SAU of the student\'s primary or concurrent enrollment'
    cause_by = ("column", "value")
    cause = 'SAU ID "{SAUID}" is not the SAU of the students\' primary or concurrent enrollment'
    follows_from = ("ORG201",)
    columns = ("SAUID", "StateStudentID")
    suppressed_by = ("CTE501", "CTE502")
    good = ({"attending.sau_id": 1000},)
    bad = ({"attending.sau_id": None},)

    def broken(self) -> pl.Expr:
        """True where the student has no enrollment in that SAU."""
        is_known = stored("sau.id").is_not_null() & stored("student.student_number").is_not_null()
        return is_known & stored("attending.sau_id").is_null()
