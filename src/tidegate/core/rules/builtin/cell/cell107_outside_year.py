"""CELL107: a date is in another school year."""

import polars as pl

from tidegate.core.layouts.column_types import Day
from tidegate.core.layouts.layout import Column
from tidegate.core.rules.expressions import context, value
from tidegate.core.rules.rule import ColumnRule


class OutsideYear(ColumnRule):
    """A date is in another school year.

    What it checks: The date is in the school year that the file was sent for.

    How to fix it: Check the date. If it is right, the file is for another school year: change the
    focus to that year and send it again.
    """

    code = "CELL107"
    is_about_form = False
    message = "{column} {value} is in {other_year}; this file is for {school_year}"
    cause = "Dates are not in the school year {school_year}"
    whole_file = "The file has dates of another school year, such as {other_year}; it was sent for {school_year}"
    example_value = "2019-06-30"

    @classmethod
    def applies_to(cls, column: Column) -> bool:
        """Whether the layout asks this of the column."""
        return isinstance(column.type, Day) and column.type.within_school_year

    def broken(self) -> pl.Expr:
        """True where a date lies outside the school year."""
        return ~value(self.column).is_between(context("first_day"), context("last_day"))

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the words of the message, with the school year and the date's own."""
        first_day = context("first_day")
        day = value(self.column)
        is_before = _day_of_year(day) < _day_of_year(first_day)
        year = day.dt.year() - is_before.cast(pl.Int32)
        other_year = pl.concat_str(year, year + 1, separator="-")
        school_year = pl.concat_str(first_day.dt.year(), first_day.dt.year() + 1, separator="-")
        return {**super().message_values(), "school_year": school_year, "other_year": other_year}


def _day_of_year(day: pl.Expr) -> pl.Expr:
    return day.dt.month().cast(pl.Int32) * 100 + day.dt.day()
