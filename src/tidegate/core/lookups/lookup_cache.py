"""Asks a look-up once for each distinct key of a file, however many rows and slices have it."""

from collections.abc import Callable

import polars as pl

from tidegate.core.frames.dictionary import MANY, IntIndex, StringDictionary, code_column


class LookupCache:
    """A look-up by a text and, for a school, by the SAU in which it is looked up. `ask` takes a frame of distinct keys
    under the names of the rows' columns, and returns one line for each key that was found, with the fields found."""

    def __init__(
        self,
        ask: Callable[[pl.DataFrame], pl.DataFrame],
        by: str,
        *,
        scope: str = "",
        scopes: pl.Series | None = None,
    ) -> None:
        """Remember what `ask` answers.

        Args:
            ask: Finds keys that were not asked for before.
            by: The name of the column with the text.
            scope: The column with the ID of the SAU in which the text is looked up, blank where it is not needed.
            scopes: All values that `scope` may have. A null in it counts as a value of its own.
        """
        self.ask = ask
        self.by = by
        self.keys = [f"{by}:value", scope] if scope else [f"{by}:value"]
        all_scopes = pl.Series(dtype=pl.UInt64) if scopes is None else scopes.cast(pl.UInt64)
        self._scopes = IntIndex(all_scopes)
        self._width = all_scopes.len() + 1 if scope else 1
        self._texts: StringDictionary | None = None
        self._forget()

    def _forget(self) -> None:
        self._known = pl.Series("key", dtype=pl.UInt64)
        self._index = IntIndex(self._known)
        self._found: pl.DataFrame | None = None

    def join(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return `rows` with the fields of the look-up, null where nothing was found."""
        numbers = self._numbers(rows)
        positions = self._index.places(numbers)
        is_new = positions.is_null() & numbers.is_not_null()
        if is_new.any() or self._found is None:
            self._learn(rows.select(self.keys).with_columns(numbers).filter(is_new).unique("key"))
            positions = self._index.places(numbers)
        assert self._found is not None
        return rows.hstack(self._found.select(pl.all().gather(positions)))

    def _numbers(self, rows: pl.DataFrame) -> pl.Series:
        """Return for each row a number that stands for its key, null where the text is."""
        numbers = self._numbers_of_texts(rows).cast(pl.UInt64).alias("key")
        if self._width == 1:
            return numbers
        scope = self._scopes.places(rows[self.keys[1]].cast(pl.UInt64)).fill_null(self._width - 1)
        return numbers * self._width + scope

    def _numbers_of_texts(self, rows: pl.DataFrame) -> pl.Series:
        """Return the numbers that the parser gave the texts, or numbers of our own where it gave none."""
        if code_column(self.by) in rows.columns:
            return rows[code_column(self.by)]
        if self._texts is None or self._known.len() > MANY or self._texts.are_many():
            self._texts = StringDictionary()
            self._forget()
        return self._texts.numbers(rows[self.keys[0]])

    def _learn(self, new: pl.DataFrame) -> None:
        """Ask for keys that were not asked for before, and remember what was found."""
        lines = self.ask(new.select(self.keys).unique())
        found = new.join(lines, on=self.keys, how="left", nulls_equal=True, maintain_order="left", validate="m:1")
        found = found.drop("key", *self.keys)
        self._found = found if self._found is None else pl.concat([self._found, found], rechunk=True)
        self._known = pl.concat([self._known, new["key"]], rechunk=True)
        self._index = IntIndex(self._known)
