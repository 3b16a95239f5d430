"""CTE404: the school is not a CTE school."""

import polars as pl

from tidegate.core.reference.organizations import CTE_SCHOOL
from tidegate.core.rules.expressions import stored
from tidegate.core.rules.rule import RowRule


class NotACteSchool(RowRule):
    """The school is not a CTE school.

    What it checks: The School ID is that of a CTE center or region, not of the sending school.

    How to fix it: Use the ID of the CTE school.
    """

    code = "CTE404"
    message = 'School "{school.name}" is not a CTE school'
    known = ("This student is enrolled at {elsewhere.school_name} ({elsewhere.school_written})",)
    meant = "elsewhere.school_written"
    cause_by = ("school.name",)
    may_be_relaxed = True
    columns = ("SchoolID",)
    good = ({"school.kind": "CTE School"},)
    bad = ({"school.kind": "School", "school.name": "Rock Star High School"},)

    def broken(self) -> pl.Expr:
        """True where the school found is of another kind."""
        return stored("school.kind") != CTE_SCHOOL
