"""Tells whether the dates of a column have the day or the month first, by those that can be read in one order alone."""

from collections import defaultdict
from collections.abc import Mapping

import polars as pl

from tidegate.core.layouts.column_types import Day
from tidegate.core.layouts.layout import Layout

PARTS = r"^([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})$"
"""A date written with slashes: its first two numbers are the day and the month, in one order or the other."""

_FEWEST = 2


class DayOrder:
    """What the dates of one file say about the order in which they are written, slice by slice."""

    def __init__(self, layout: Layout) -> None:
        self._columns = [column.name for column in layout.columns.values() if isinstance(column.of, Day)]
        self._day_first: defaultdict[str, set[str]] = defaultdict(set)
        self._month_first: defaultdict[str, set[str]] = defaultdict(set)

    def note(self, new_days: Mapping[str, pl.Series]) -> None:
        """Note which of the dates, by column, can be read in one order alone. None need come again."""
        for column, days in new_days.items():
            if days.is_empty():
                continue
            texts = days.rename("text").to_frame()
            first, second = (pl.col("text").str.extract(PARTS, place).cast(pl.Int8, strict=False) for place in (1, 2))
            parts = texts.select("text", first.alias("first"), second.alias("second")).drop_nulls()
            day_first = parts.filter((pl.col("first") > 12) & pl.col("second").is_between(1, 12))
            month_first = parts.filter((pl.col("second") > 12) & pl.col("first").is_between(1, 12))
            self._day_first[column].update(day_first["text"])
            self._month_first[column].update(month_first["text"])

    def day_first(self) -> frozenset[str]:
        """Return the columns in which more of these dates have the day first than the month."""
        counts = {name: (len(self._day_first[name]), len(self._month_first[name])) for name in self._columns}
        return frozenset(name for name, (day, month) in counts.items() if day >= _FEWEST and day > month)


def day_order_context(layout: Layout, day_first: frozenset[str]) -> list[pl.Expr]:
    """Return for each column of dates whether its dates have the day first, as rules ask for it."""
    columns = (column.name for column in layout.columns.values() if isinstance(column.of, Day))
    return [pl.lit(name in day_first).alias(f"context.day_first.{name}") for name in columns]
