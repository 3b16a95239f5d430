"""CTE501: the student has no concurrent enrollment at the CTE school."""

from datetime import date

import polars as pl

from tidegate.core.reference.organizations import CTE_SCHOOL
from tidegate.core.rules.expressions import stored
from tidegate.core.rules.rule import RowRule, WhoCanAct


class NoConcurrentEnrollment(RowRule):
    """The student has no concurrent enrollment at the CTE school.

    What it checks: The student has a concurrent (secondary) enrollment at the CTE school in the
    school year.

    How to fix it: There has not been a concurrent enrollment created for the student. The Student
    Enrollment upload must be completed before the CTE upload. Secondary and concurrent mean the
    same.
    """

    code = "CTE501"
    message = 'Secondary enrollment not found at "{school.name}"'
    known = (
        "The student is enrolled at {elsewhere.school_name} instead",
        "The student has no CTE school this year: add a row with type C to a Student Enrollment file{nowhere}",
    )
    meant = "elsewhere.school_written"
    cause_by = ("school.name",)
    who_can_act = WhoCanAct.ENROLLMENT_OFFICE
    columns = ("SchoolID", "StateStudentID")
    good = (
        {"concurrent.entry_date": date(2020, 9, 1)},
        {"concurrent.entry_date": None, "school.kind": "School"},  # CTE404 reports it
    )
    bad = ({"concurrent.entry_date": None, "school.name": "Capital Area Technical Center"},)

    def broken(self) -> pl.Expr:
        """True where student and CTE school are known and no enrollment joins them."""
        is_known = (stored("school.kind") == CTE_SCHOOL) & stored("student.student_number").is_not_null()
        return is_known & stored("concurrent.entry_date").is_null()

    def message_values(self) -> dict[str, pl.Expr]:
        """Return nothing, in words, where the student has no concurrent enrollment at all."""
        return {"nowhere": pl.when(stored("elsewhere.entry_date").is_null()).then(pl.lit(""))}
