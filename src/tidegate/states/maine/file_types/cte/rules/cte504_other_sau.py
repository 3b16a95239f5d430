"""CTE504: the SAU is not one that the student attends."""

import polars as pl

from tidegate.core.rules.expressions import stored
from tidegate.core.rules.rule import RowRule


class OtherSau(RowRule):
    """The SAU is not one that the student attends.

    What it checks: The SAU ID is that of the student's primary or concurrent enrollment in the
    school year.

    How to fix it: Use the ID of the SAU that the student attends: the sending school's, or the CTE
    school's.
    """

    code = "CTE504"
    message = "The student attends {attends}; the row says {sau.name}"
    cause_by = ("column", "value")
    cause = "Students do not attend {sau.name}, which the rows say"
    follows_from = ("ORG201",)
    columns = ("SAUID", "StateStudentID")
    suppressed_by = ("CTE501", "CTE502")
    good = ({"attending.sau_id": 1000},)
    bad = ({"attending.sau_id": None},)

    def broken(self) -> pl.Expr:
        """True where the student has no enrollment in that SAU."""
        is_known = stored("sau.id").is_not_null() & stored("student.student_number").is_not_null()
        return is_known & stored("attending.sau_id").is_null()

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the SAUs that the student attends."""
        sending, hosting = stored("sending.sau_name"), stored("hosting.sau_name")
        both = pl.when(hosting != sending).then(sending + " and " + hosting)
        return {"attends": pl.coalesce(both, sending, hosting, pl.lit("another SAU"))}
