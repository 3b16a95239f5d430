"""ENR201: the school belongs to another SAU."""

import polars as pl

from tidegate.core.rules.expressions import stored, value
from tidegate.core.rules.rule import RowRule


class SchoolOfAnotherSau(RowRule):
    """The school belongs to another SAU.

    What it checks: The school of a primary enrollment belongs to the SAU in the row. A concurrent
    enrollment may be at another SAU's CTE school.

    How to fix it: Correct the SAU ID or the School ID.
    """

    code = "ENR201"
    message = "{school.name} belongs to {school.district}; the row says {sau.name}"
    cause_by = ("school.name", "SAUID")
    columns = ("SchoolID", "SAUID", "EnrollmentType")
    good = ({"sau.id": 1000, "school.sau_id": 1000}, {"EnrollmentType": "C", "sau.id": 1000, "school.sau_id": 2000})
    bad = ({"sau.id": 1000, "school.sau_id": 2000, "school.district": "Kennebec Harbor Public Schools (2000)"},)

    def broken(self) -> pl.Expr:
        """True where a primary enrollment's school has another parent."""
        return (value("EnrollmentType") == "P") & (stored("school.sau_id") != stored("sau.id"))
