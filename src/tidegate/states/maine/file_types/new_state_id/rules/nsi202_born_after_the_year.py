"""NSI202: the student is not born by the end of the school year."""

import polars as pl

from tidegate.core.rules.expressions import context, value
from tidegate.core.rules.rule import RowRule


class BornAfterTheYear(RowRule):
    """The student is not born by the end of the school year.

    What it checks: DateOfBirth is not after the last day of the school year in the focus.

    How to fix it: Correct the date; day and month, or two digits of the year, may be swapped. If
    the date is right, check the school year in the focus.
    """

    code = "NSI202"
    message = 'DateOfBirth "{DateOfBirth}" is after the end of the school year'
    columns = ("DateOfBirth",)
    good = ({"DateOfBirth": "5/17/2004"},)
    bad = ({"DateOfBirth": "2024-05-17"},)

    def broken(self) -> pl.Expr:
        """True where the birth date is after the school year's last day."""
        return value("DateOfBirth") > context("last_day")
