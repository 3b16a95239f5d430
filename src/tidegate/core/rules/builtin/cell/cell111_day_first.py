"""CELL111: a date may have the day first."""

import polars as pl

from tidegate.core.layouts.column_types import Day
from tidegate.core.parsing.day_order import QUESTIONED, day_as_read, may_be, orders_of_read
from tidegate.core.rules.expressions import context, text, value
from tidegate.core.rules.rule import ColumnRule


class DayFirst(ColumnRule):
    """A date may have the day first.

    What it checks: If a file has dates such as 25/9/2020, which can only have the day first,
    10/11/2020 is not simply read as October 11, in any column. It is read that way if at least 95
    percent of the dates that tell have the month first; then only 25/9/2020 is an error.

    How to fix it: Have your program write the month first, like 9/25/2020, or write 2020-09-25. In
    Excel, choose a United States date format before you save. In the fix file, a date that you
    leave unchanged is still in question: write 2020-09-25, in Excel with an apostrophe before it
    ('2020-09-25).
    """

    code = "CELL111"
    is_about_form = False
    message = "{value} {may_be}; {others}"
    cause_by = ("column",)
    of_type = Day
    message_without_value = "{column} may have the day first; {others}"
    example_value = "10/11/2020"
    example_values_above = ("25/9/2020", "13/10/2020")

    @property
    def condition(self) -> str:
        """Why dates of this column are questioned."""
        return f"context.day_order.{self.column}"

    @property
    def _day(self) -> pl.Expr:
        return day_as_read(text(self.column), value(self.column))

    @property
    def _orders(self) -> pl.Expr:
        assert isinstance(self.type, Day)  # applies_to has seen to it
        in_year = (context("first_day"), context("last_day")) if self.type.within_school_year else None
        return orders_of_read(self._day, in_year)

    def broken(self) -> pl.Expr:
        """True where other dates put a date's order in question, or a fix file's note does."""
        of = self._orders
        questioned = pl.any_horizontal((of == each) & context(f"questioned.{each.name}") for each in QUESTIONED)
        is_in_doubt = context("month_first_in_doubt").str.contains(self._day.cast(pl.String).str.slice(5), literal=True)
        return questioned | is_in_doubt

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the words of the message, with the days that the date may be and what the other dates tell."""
        may = may_be(self._day).fill_null("puts the month first")
        return {**super().message_values(), "may_be": may, "others": context(f"day_order.{self.column}")}
