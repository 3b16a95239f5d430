"""Reads the values of a column's texts, each different text once where these are few."""

from typing import NamedTuple

import polars as pl

from tidegate.core.frames.dictionary import StringDictionary
from tidegate.core.layouts.layout import Column

_LOOKED_AT = 2_000


class Read(NamedTuple):
    """The values of some texts, the numbers of the texts where these are few, else None, and the texts that were not
    met before: each once where they are few, else all."""

    value: pl.Series
    numbers: pl.Series | None
    new: pl.Series


class ColumnValues:
    """The values of one column, slice by slice."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self._different: StringDictionary | None = StringDictionary()
        self._values = pl.Series(dtype=column.type.polars_type)
        self._are_as_written = column.type.polars_type == pl.String

    def read(self, text: pl.Series) -> Read:
        """Return the values of the texts, which are clean."""
        if self._different is None or self._are_many(text, self._different):
            self._different, self._values = None, self._values.clear()
            value = self._values_of(text)
            return Read(text if _are_same(text, value) else value, None, text)
        numbers = self._different.numbers(text)
        new = self._different.texts().slice(self._values.len())
        if not new.is_empty():
            values = self._values_of(new)
            self._are_as_written = self._are_as_written and _are_same(new, values)
            self._values = pl.concat([self._values, values])
        value = text if self._are_as_written else self._values.gather(numbers)  # the same memory
        return Read(value, numbers, new)

    def _are_many(self, text: pl.Series, different: StringDictionary) -> bool:
        if self._values.is_empty():
            return text.head(_LOOKED_AT).n_unique() > _LOOKED_AT // 2
        return different.are_many()

    def _values_of(self, text: pl.Series) -> pl.Series:
        return text.alias("text").to_frame().select(self.column.type.value(pl.col("text"))).to_series()


def _are_same(text: pl.Series, value: pl.Series) -> bool:
    return value.dtype == pl.String and value.null_count() == text.null_count() and bool((value == text).all())
