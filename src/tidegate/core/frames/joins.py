"""Joins by key: the distinct texts of a column become numbers, and a number finds its position or its one line."""

from collections.abc import Sequence

import polars as pl

MAX_DISTINCT_TEXTS = 50_000
"""Largest number of distinct texts of a column for which results are cached."""
_MAX_BYTES = 4 << 20
_SAMPLE_SIZE = 100


class StringDictionary:
    """The distinct texts of one column, numbered in the order they appear, over all slices of a
    file."""

    def __init__(self) -> None:
        self._categories = pl.Categories.random("texts")
        self._dtype = pl.Categorical(self._categories)
        self._kept = pl.Series(dtype=self._dtype)  # the categories live as long as a series has them

    def encode(self, texts: pl.Series) -> pl.Series:
        """Return the number (UInt32) of each text, null for null."""
        if _are_alike(texts):
            return texts.head(1).cast(self._dtype).to_physical().new_from_index(0, texts.len())
        return texts.cast(self._dtype).to_physical()

    def are_many(self) -> bool:
        """Whether the texts are too many or too long for results to be cached."""
        texts = self.texts()
        return texts.len() > MAX_DISTINCT_TEXTS or texts.estimated_size() > _MAX_BYTES

    def texts(self) -> pl.Series:
        """Return the texts in the order of their numbers, from 0."""
        return self._categories.to_series()


def _are_alike(texts: pl.Series) -> bool:
    """Whether all texts are the same: a file of one district has the district in every row."""
    begin = texts.head(_SAMPLE_SIZE)
    if begin.is_empty() or texts.null_count():
        return False
    return bool((begin == begin[0]).all()) and bool((texts == begin[0]).all())


def code_column(column: str) -> str:
    """Return the name of the column with the numbers of a column's texts (see
    `StringDictionary`)."""
    return f"{column}:number"


# Numbers no further apart than this, as a state gives them out one after the other, are found in a
# table that has a line for every number between them: 30 times as fast as a join.
_MAX_RANGE = 1 << 22


class IntIndex:
    """Finds the position, from 0, of a number in a series of distinct unsigned numbers."""

    def __init__(self, numbers: pl.Series) -> None:
        self._numbers = numbers.alias("number").to_frame()
        self._table = pl.Series(dtype=pl.UInt32)
        self._lowest = 0
        lowest, highest = numbers.min(), numbers.max()
        if isinstance(lowest, int) and isinstance(highest, int) and highest - lowest < _MAX_RANGE:
            positions = pl.int_range(numbers.len(), dtype=pl.UInt32, eager=True)
            self._lowest = lowest
            self._table = no_positions(highest - lowest + 1).scatter(numbers - lowest, positions)

    def positions(self, numbers: pl.Series) -> pl.Series:
        """Return the position (UInt32) of each number, null where the series does not have it.
        Both are of the same type."""
        if self._table.is_empty():
            known = self._numbers.with_row_index("position")
            asked = numbers.alias("number").to_frame()
            return asked.join(known, on="number", how="left", maintain_order="left")["position"]
        at = numbers - self._lowest  # a number below the lowest wraps around to a very large one
        return self._table.gather(at.set(at >= self._table.len(), None))


def no_positions(count: int) -> pl.Series:
    """Return a series of `count` nulls."""
    return pl.Series([None], dtype=pl.UInt32).new_from_index(0, count)


def left_join_one(
    rows: pl.DataFrame, found: pl.DataFrame, *, on: Sequence[str], nulls_equal: bool = False
) -> pl.DataFrame:
    """Return `rows` with the other columns of `found`, null for a row whose keys it does not have.

    The rows' own columns are not copied, as a join of whole frames would do.

    Args:
        rows: The rows; their height and order do not change.
        found: One line for each combination of keys.
        on: The columns with the keys, in both frames.
        nulls_equal: Whether a null in a key equals another null.
    """
    keys = rows.select(on)
    joined = keys.join(found, on=list(on), how="left", nulls_equal=nulls_equal, maintain_order="left", validate="m:1")
    return rows.hstack(joined.drop(on))
