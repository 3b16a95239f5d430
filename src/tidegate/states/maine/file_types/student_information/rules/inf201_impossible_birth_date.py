"""INF201: the birth date is not that of a student."""

import polars as pl

from tidegate.core.rules.expressions import context, value
from tidegate.core.rules.rule import RowRule

_YOUNGEST, _OLDEST = 2, 22  # whole years on the day by which kindergartners turn five (20-A MRSA section 5201)
_MONTH, _DAY = 10, 15


class ImpossibleBirthDate(RowRule):
    """The birth date is not that of a student.

    What it checks: On October 15 of the school year the student is between 2 and 22 years old,
    whatever the grade.

    How to fix it: Correct DateOfBirth. A spreadsheet writes an empty date as 1900 or 1904, and a
    year of two digits as one of another century; a program may write the day on which the file was
    made.
    """

    code = "INF201"
    message = (
        'DateOfBirth "{DateOfBirth}" is not between {first} and {last}, when this school year\'s students were born'
    )
    columns = ("DateOfBirth",)
    good = ({"DateOfBirth": "5/17/2004"}, {"DateOfBirth": "2018-10-15"}, {"DateOfBirth": "1997-10-16"})
    bad = ({"DateOfBirth": "1/1/1900"}, {"DateOfBirth": "2021-06-30"}, {"DateOfBirth": "1997-10-15"})

    def broken(self) -> pl.Expr:
        """True where the day lies outside of these."""
        first, last = _limits()
        return (value("DateOfBirth") < first) | (value("DateOfBirth") > last)

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the first and the last day of birth of a student."""
        first, last = _limits()
        return {"first": first, "last": last}


def _limits() -> tuple[pl.Expr, pl.Expr]:
    """Return the first and the last birth date.

    Returns:
        That of the oldest students, and that of the youngest.
    """
    year = context("first_day").dt.year()
    oldest = pl.date(year - _OLDEST - 1, _MONTH, _DAY) + pl.duration(days=1)
    return oldest, pl.date(year - _YOUNGEST, _MONTH, _DAY)
