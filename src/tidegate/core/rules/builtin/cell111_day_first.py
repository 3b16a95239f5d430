"""CELL111: a date may have the day first."""

import polars as pl

from tidegate.core.layouts.column_types import Day
from tidegate.core.layouts.layout import Column
from tidegate.core.rules.column_rule import ColumnRule
from tidegate.core.rules.columns import context, text, value
from tidegate.core.rules.day_order import PARTS


class DayFirst(ColumnRule):
    """A date may have the day first.

    What it checks: Where a column has dates such as 25/9/2020, which can only have the day first, 10/11/2020 is not
    taken for October 11 without a word.

    How to fix it: Let the program that writes the file put the month first, like 9/25/2020, or write 2020-09-25. In
    Excel, choose a date format of the United States before you save.
    """

    code = "CELL111"
    message = '{column} "{value}" may have the day first, as other dates of this column do'
    example_value = "10/11/2020"
    example_values_above = ("25/9/2020", "13/10/2020")

    @classmethod
    def applies_to(cls, column: Column) -> bool:
        """Whether the layout asks this of the column."""
        return isinstance(column.of, Day)

    @property
    def condition(self) -> str:
        """Whether the column's dates have the day first."""
        return f"context.day_first.{self.column}"

    def broken(self) -> pl.Expr:
        """True where a date can be read in both orders, and the column's other dates have the day first."""
        other = text(self.column).str.replace(PARTS, "$3-$2-$1").str.to_date("%Y-%m-%d", strict=False)
        is_other = other.is_not_null() & (other != value(self.column))
        assert isinstance(self.of.of, Day)  # applies_to has seen to it
        if self.of.of.within_school_year:
            is_other &= other.is_between(context("first_day"), context("last_day"))
        return pl.col(self.condition) & is_other
