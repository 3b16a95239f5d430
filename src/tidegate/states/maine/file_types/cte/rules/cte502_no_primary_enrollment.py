"""CTE502: the student has no primary enrollment."""

from datetime import date

import polars as pl

from tidegate.core.rules.expressions import stored
from tidegate.core.rules.rule import RowRule, WhoCanAct


class NoPrimaryEnrollment(RowRule):
    """The student has no primary enrollment.

    What it checks: The student has a primary enrollment at a sending school in the school year,
    beside the concurrent one.

    How to fix it: Ask the SAU of the sending school to complete its Student Enrollment upload with
    the primary enrollment, then send this file again.
    """

    code = "CTE502"
    message = 'Primary enrollment not found for State Student Number "{StateStudentID}"'
    cause = "Students have no primary enrollment this school year"
    may_be_relaxed = True
    who_can_act = WhoCanAct.SENDING_SAU
    columns = ("StateStudentID",)
    suppressed_by = ("CTE501",)
    good = ({"primary.entry_date": date(2020, 9, 1)},)
    bad = ({"primary.entry_date": None},)

    def broken(self) -> pl.Expr:
        """True where the student is known and has no primary enrollment."""
        return stored("student.student_number").is_not_null() & stored("primary.entry_date").is_null()
