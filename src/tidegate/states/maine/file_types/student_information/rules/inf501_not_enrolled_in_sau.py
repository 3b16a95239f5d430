"""INF501: the student is not enrolled in the SAU."""

import polars as pl

from tidegate.core.rules.expressions import stored
from tidegate.core.rules.rule import RowRule, WhoCanAct


class NotEnrolledInSau(RowRule):
    """The student is not enrolled in the SAU.

    What it checks: The student has an enrollment in the SAU in the school year, primary or
    concurrent, also one that has ended.

    How to fix it: The Student Enrollment upload must be completed first. If the student attends
    another SAU, leave the row out: that SAU sends it.
    """

    code = "INF501"
    message = "The student is not enrolled in {sau.name} this school year"
    cause = "Students are not enrolled in {sau.name} this school year"
    cause_by = ("sau.name",)
    follows_from = ("ORG201",)
    who_can_act = WhoCanAct.ENROLLMENT_OFFICE_OF_SAU
    columns = ("SAUID", "StateStudentID")
    good = ({"attending.sau_id": 1000},)
    bad = ({"attending.sau_id": None},)

    def broken(self) -> pl.Expr:
        """True where student and SAU are known and no enrollment joins them."""
        is_known = stored("sau.id").is_not_null() & stored("student.student_number").is_not_null()
        return is_known & stored("attending.sau_id").is_null()
