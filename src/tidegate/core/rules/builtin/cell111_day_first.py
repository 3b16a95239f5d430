"""CELL111: a date may have the day first."""

import polars as pl

from tidegate.core.layouts.column_types import Day
from tidegate.core.layouts.layout import Column
from tidegate.core.rules.column_rule import ColumnRule
from tidegate.core.rules.columns import context, text, value

_PARTS = r"^([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})$"
_FEWEST = 2


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

    def broken(self) -> pl.Expr:
        """True where a date can be read in both orders, and more of the column's dates must have the day first than
        the month."""
        asked = {"text": text(self.column), "value": value(self.column)}
        if self._is_within_year:
            asked |= {"first": context("first_day"), "last": context("last_day")}
        return pl.struct(**asked).map_batches(self._find, return_dtype=pl.Boolean())

    @property
    def _is_within_year(self) -> bool:
        assert isinstance(self.of.of, Day)  # applies_to has seen to it
        return self.of.of.within_school_year

    def _find(self, asked: pl.Series) -> pl.Series:
        rows = asked.struct.unnest()
        unreadable = rows.filter(pl.col("value").is_null() & (pl.col("text") != ""))
        if _count(unreadable, swapped=True) < _FEWEST or _count(unreadable, swapped=True) <= _count(
            rows, swapped=False
        ):
            return pl.repeat(False, rows.height, eager=True)
        other = _swapped()
        is_other = other.is_not_null() & (other != pl.col("value"))
        if self._is_within_year:
            is_other &= other.is_between(pl.col("first"), pl.col("last"))
        return rows.select(is_other.fill_null(False)).to_series()


def _swapped() -> pl.Expr:
    """Return the day that the text means if it has the day first."""
    return pl.col("text").str.replace(_PARTS, "$3-$2-$1").str.to_date("%Y-%m-%d", strict=False)


def _count(rows: pl.DataFrame, *, swapped: bool) -> int:
    """Return how many different dates can be read in this order alone."""
    day = pl.col("text").str.extract(_PARTS, 1 if swapped else 2).cast(pl.Int8)
    month = pl.col("text").str.extract(_PARTS, 2 if swapped else 1).cast(pl.Int8)
    return rows.filter((day > 12) & (month <= 12)).get_column("text").n_unique()
