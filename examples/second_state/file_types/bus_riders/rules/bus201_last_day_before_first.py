"""BUS201: the student stops riding before the first day."""

import polars as pl

from tidegate.core.rules.expressions import value
from tidegate.core.rules.rule import RowRule


class LastDayBeforeFirst(RowRule):
    """The last day is before the first one.

    What it checks: LastDay is not before FirstDay.

    How to fix it: Correct the day that is not right, or leave LastDay blank while the student rides the bus.
    """

    code = "BUS201"
    message = 'LastDay "{LastDay}" is before FirstDay "{FirstDay}"'
    columns = ("LastDay", "FirstDay")
    good = ({"FirstDay": "2020-09-01", "LastDay": "2020-09-01"}, {"LastDay": ""})
    bad = ({"FirstDay": "2020-10-01", "LastDay": "2020-09-30"},)

    def broken(self) -> pl.Expr:
        """True where both days are known and in the wrong order."""
        return value("LastDay") < value("FirstDay")
