"""BUS501: the student is not enrolled at the school that the bus goes to."""

import polars as pl

from tidegate.core.rules.expressions import stored
from tidegate.core.rules.rule import RowRule


class NotEnrolledAtSchool(RowRule):
    """The student is not enrolled at the school that the bus goes to.

    What it checks: The student has an enrollment at the school in the school year.

    How to fix it: Correct the number or the school. If both are right, the enrollment has to be entered first.
    """

    code = "BUS501"
    message = 'Student "{StudentNumber}" is not enrolled at "{school.name}" this school year'
    may_be_relaxed = True
    columns = ("StudentNumber", "SchoolID")
    good = ({},)
    bad = ({"enrollment.entry_date": None},)

    def broken(self) -> pl.Expr:
        """True where student and school are known, and nothing on file joins them."""
        is_known = stored("student.student_number").is_not_null() & stored("school.id").is_not_null()
        return is_known & stored("enrollment.entry_date").is_null()
