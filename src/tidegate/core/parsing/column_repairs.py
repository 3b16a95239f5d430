"""Repairs the odd texts of a column, those that have no value, by the methods of its type."""

from collections.abc import Iterator
from functools import cached_property

import polars as pl

from tidegate.core.layouts.column_types import ColumnType, RepairMethod
from tidegate.core.layouts.layout import Column
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.parsing.day_order import OrderCounter, Orders, ParsedTexts
from tidegate.core.parsing.repairs import Repair, change
from tidegate.core.reading.issue import show_text

_EVERY = pl.lit(True)


class ColumnRepairs:
    """The repairs of one column, slice by slice. Where distinct texts are few, each is repaired
    once per file.

    A `way` is the number of a method of repair and of the orders in which a date can be read.
    """

    def __init__(self, column: Column, school_year: SchoolYear | None, orders: OrderCounter | None) -> None:
        """Take a column; `orders` reads the orders of its dates, None if it has none."""
        self._column = column
        self._orders = orders
        self._school_year = school_year
        self._has_methods = type(column.type).repairs is not ColumnType.repairs
        self._shape = pl.DataFrame(schema={"value": column.type.polars_type, "way": pl.UInt8})
        self._known = self._shape

    @cached_property
    def _methods(self) -> list[RepairMethod]:
        """The methods of the column's type; most files have no odd text, and to put their patterns together takes
        time."""
        return list(self._column.type.repairs(pl.col("text"), self._school_year))

    def repair(self, text: pl.Series, read: ParsedTexts) -> tuple[pl.Series, list[Repair]]:
        """Repair the texts of a slice.

        Returns:
            The values, and the repairs to report.
        """
        if not self._has_methods:
            return read.value, []
        if read.numbers is None:
            self._known = self._shape
            found = self._repaired(text, read.value)
        else:
            if not read.new.is_empty():
                self._known = pl.concat([self._known, self._repaired(read.new, read.new_values)])
            has_some = self._known["way"].null_count() < self._known.height
            found = self._known.select(pl.all().gather(read.numbers)) if has_some else self._shape
        ways = found["way"].drop_nulls().unique(maintain_order=True)
        if ways.is_empty():
            return read.value, []
        return found["value"].alias(read.value.name), list(self._changes(text, found, ways))

    def _changes(self, text: pl.Series, found: pl.DataFrame, ways: pl.Series) -> Iterator[Repair]:
        """Yield a repair to report for each way, in the order of the methods."""
        for way in sorted(ways, key=lambda way: way // len(Orders)):
            number, orders = divmod(way, len(Orders))
            is_of_way = (found["way"] == way).fill_null(False)
            method, values = self._methods[number], found["value"].filter(is_of_way)
            first = int(is_of_way.arg_max() or 0)
            pair = f"{show_text(text[first])} as {values[0]}"
            yield change(method.code, self._column.name, values, how=method.how, orders=Orders(orders), pair=pair)

    def _repaired(self, text: pl.Series, value: pl.Series) -> pl.DataFrame:
        """Return the value of each text, repaired if it has none, and the way in which it was."""
        whole = pl.DataFrame({"text": text, "value": value})
        odd = whole.lazy().filter((pl.col("text") != "") & pl.col("value").is_null()).select("text").collect()
        found = self._shape if odd.is_empty() else self._found(odd)
        if found.is_empty():
            return whole.select("value", pl.lit(None, pl.UInt8).alias("way"))
        repaired = whole.select("text").join(found, on="text", how="left", maintain_order="left")
        is_read = whole["value"].is_not_null()
        return repaired.select(whole["value"].zip_with(is_read, repaired["value"]), "way")

    def _found(self, odd: pl.DataFrame) -> pl.DataFrame:
        """Return `text`, `value` and `way` of the distinct texts that can be repaired."""
        # cheap tests first: they are false of nearly all texts that are no values in any form
        tests = {str(number): method.candidates for number, method in enumerate(self._methods)}
        tested = odd.lazy().with_columns((_EVERY if test is None else test).alias(name) for name, test in tests.items())
        asked = tested.filter(pl.any_horizontal(pl.col(list(tests)))).collect().unique("text")
        every = self._shape.with_columns(pl.lit("").alias("text"))
        for number, method in enumerate(self._methods):
            texts = asked.filter(pl.col(str(number)))["text"]
            if not texts.is_empty():  # to compile its patterns takes longer than to match a thousand texts
                found = texts.to_frame().select("text", method.value.alias("value")).drop_nulls()
                every.extend(self._with_way(found, number).select(every.columns))
        return every.unique("text", keep="first", maintain_order=True)

    def _with_way(self, found: pl.DataFrame, number: int) -> pl.DataFrame:
        if self._orders is None:
            return found.with_columns(pl.lit(number * len(Orders), pl.UInt8).alias("way"))
        orders = self._orders.orders(found["text"]).cast(pl.UInt8)
        return found.with_columns((orders + number * len(Orders)).cast(pl.UInt8).alias("way"))
