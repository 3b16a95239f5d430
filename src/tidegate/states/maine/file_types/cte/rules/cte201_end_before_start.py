"""CTE201: the program ends before it begins."""

import polars as pl

from tidegate.core.rules.expressions import value
from tidegate.core.rules.rule import RowRule


class EndBeforeStart(RowRule):
    """The program ends before it begins.

    What it checks: EndDate is not before StartDate.

    How to fix it: Correct the one that is wrong, or leave EndDate blank while the student is in the program.
    """

    code = "CTE201"
    message = 'EndDate "{EndDate}" is before StartDate "{StartDate}"'
    cause = "EndDate is before StartDate"
    columns = ("EndDate", "StartDate")
    good = ({"StartDate": "2020-09-01", "EndDate": "2020-09-01"}, {"EndDate": ""})
    bad = ({"StartDate": "2020-10-01", "EndDate": "2020-09-30"},)

    def broken(self) -> pl.Expr:
        """True where both days are known and in the wrong order."""
        return value("EndDate") < value("StartDate")
