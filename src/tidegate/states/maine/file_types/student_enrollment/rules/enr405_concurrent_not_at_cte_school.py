"""ENR405: the concurrent enrollment is not at a CTE school."""

import polars as pl

from tidegate.core.reference.organizations import CTE_SCHOOL
from tidegate.core.rules.expressions import stored, value
from tidegate.core.rules.rule import RowRule


class ConcurrentNotAtCteSchool(RowRule):
    """The concurrent enrollment is not at a CTE school.

    What it checks: A concurrent enrollment is the enrollment at the CTE school, beside the primary
    one.

    How to fix it: Use the ID of the CTE school, or correct EnrollmentType if this is the sending
    school.
    """

    code = "ENR405"
    message = 'School "{school.name}" is not a CTE school, and a concurrent enrollment is always at one'
    cause_by = ("school.name",)
    may_be_relaxed = True
    columns = ("SchoolID", "EnrollmentType")
    good = ({"EnrollmentType": "C", "school.kind": "CTE School"}, {"EnrollmentType": "P", "school.kind": "School"})
    bad = ({"EnrollmentType": "C", "school.kind": "School"},)

    def broken(self) -> pl.Expr:
        """True where a concurrent enrollment's school is of another kind."""
        return (value("EnrollmentType") == "C") & (stored("school.kind") != CTE_SCHOOL)
