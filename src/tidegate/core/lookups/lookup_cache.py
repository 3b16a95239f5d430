"""Asks a look-up once for each different key of a file, however many rows and slices have it."""

from collections.abc import Callable

import polars as pl

from tidegate.core.frames.dictionary import MANY, IntIndex, StringDictionary, code_column


class LookupCache:
    """A look-up by a text and, for a school, by the SAU beside it. `ask` takes a frame of different keys under the
    names of the rows' columns, and returns one line for each that something was found for, with the fields found."""

    def __init__(
        self, ask: Callable[[pl.DataFrame], pl.DataFrame], by: str, *, beside: str = "", saus: pl.Series
    ) -> None:
        """Take the column of the text, and that of the SAU's number, blank where there is none; `saus` has all of
        these."""
        self.ask = ask
        self.by = by
        self.keys = [f"{by}:value", beside] if beside else [f"{by}:value"]
        self._saus = IntIndex(saus.cast(pl.UInt64))
        self._width = saus.len() + 1 if beside else 1
        self._texts: StringDictionary | None = None
        self._forget()

    def _forget(self) -> None:
        self._known = pl.Series("key", dtype=pl.UInt64)
        self._index = IntIndex(self._known)
        self._found: pl.DataFrame | None = None

    def join(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return `rows` with the fields of the look-up, null where nothing was found."""
        numbers = self._numbers(rows)
        places = self._index.places(numbers)
        is_new = places.is_null() & numbers.is_not_null()
        if is_new.any() or self._found is None:
            self._learn(rows.select(self.keys).with_columns(numbers).filter(is_new).unique("key"))
            places = self._index.places(numbers)
        assert self._found is not None
        return rows.hstack(self._found.select(pl.all().gather(places)))

    def _numbers(self, rows: pl.DataFrame) -> pl.Series:
        """Return for each row a number that stands for its key, null where the text is."""
        numbers = self._numbers_of_texts(rows).cast(pl.UInt64).alias("key")
        if self._width == 1:
            return numbers
        beside = self._saus.places(rows[self.keys[1]].cast(pl.UInt64)).fill_null(self._width - 1)
        return numbers * self._width + beside

    def _numbers_of_texts(self, rows: pl.DataFrame) -> pl.Series:
        """Return the numbers that the rows have, or, once they have none any more, numbers of our own."""
        if code_column(self.by) in rows.columns:
            return rows[code_column(self.by)]
        if self._texts is None or self._known.len() > MANY or self._texts.are_many():
            self._texts = StringDictionary()
            self._forget()
        return self._texts.numbers(rows[self.keys[0]])

    def _learn(self, new: pl.DataFrame) -> None:
        """Ask for keys that were not asked for."""
        lines = self.ask(new.select(self.keys).unique())
        found = new.join(lines, on=self.keys, how="left", nulls_equal=True, maintain_order="left", validate="m:1")
        found = found.drop("key", *self.keys)
        self._found = found if self._found is None else pl.concat([self._found, found], rechunk=True)
        self._known = pl.concat([self._known, new["key"]], rechunk=True)
        self._index = IntIndex(self._known)
