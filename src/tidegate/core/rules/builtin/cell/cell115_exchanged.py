"""CELL115: day and month of a date may be swapped."""

import polars as pl

from tidegate.core.layouts.column_types import Day
from tidegate.core.layouts.day_forms import MONTH_FIRST, in_other_order
from tidegate.core.rules.expressions import context, text, value
from tidegate.core.rules.rule import ColumnRule


class Exchanged(ColumnRule):
    """Day and month of a date may be swapped.

    What it checks: Some programs read 9/1/2020 as January 9 and save 2020-01-09. If some dates of
    the file show it, because they are in the school year only with day and month swapped, or are
    dates only with the day between year and month (2020-28-09), its other dates that can be read
    both ways are not accepted.

    How to fix it: Export the file again, and keep dates as text in the program that you use
    (DuckDB: all_varchar = true; Polars: infer_schema=False; pandas: dtype=str). If a date is right
    as it is, write it with the month first, like 10/12/2020.
    """

    code = "CELL115"
    is_about_form = False
    message = '{column} "{value}" is {as_written}, or {otherwise} if day and month were swapped; {others}'
    cause_by = ("column",)
    of_type = Day
    message_without_value = "{column} may have day and month swapped; {others}"
    example_value = "2020-12-10"
    example_values_above = (
        *("9/14/2020", "9/15/2020", "9/16/2020", "9/17/2020", "9/18/2020", "9/21/2020"),
        *("2020-01-09", "2020-02-09", "2020-08-09", "2020-10-09", "2020-11-09"),
    )

    @property
    def condition(self) -> str:
        """Why dates of this column are questioned."""
        return f"context.exchanged.{self.column}"

    @property
    def _day(self) -> pl.Expr:
        return pl.when(~text(self.column).str.contains(MONTH_FIRST)).then(value(self.column))

    def broken(self) -> pl.Expr:
        """True where a date can be read both ways, and the others or a fix file's note say that it may have to be."""
        day, other = self._day, in_other_order(self._day)
        may_be_other = other != day
        assert isinstance(self.type, Day)  # applies_to has seen to it
        if self.type.within_school_year:
            may_be_other &= other.is_between(context("first_day"), context("last_day"))
        is_in_doubt = context("exchanged_in_doubt").str.contains(day.dt.strftime("%m-%d"), literal=True)
        return may_be_other & (context(f"is_exchanged.{self.column}") | is_in_doubt)

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the words of the message, with both days."""
        as_written, otherwise = (day.dt.strftime("%B %-d") for day in (self._day, in_other_order(self._day)))
        others = context(f"exchanged.{self.column}")
        return {**super().message_values(), "as_written": as_written, "otherwise": otherwise, "others": others}
