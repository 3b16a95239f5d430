"""Joins by key: the distinct texts of a column become numbers, and a number finds its position or its one line."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

import polars as pl

K = TypeVar("K", bound=Hashable)

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
        self._texts = pl.Series(dtype=pl.String)

    def encode(self, texts: pl.Series) -> pl.Series:
        """Return the number (UInt32) of each text, null for null."""
        if not texts.null_count() and are_alike(texts):
            numbers = texts.head(1).cast(self._dtype).to_physical()
            self._note(numbers, texts.head(1))
            return numbers.new_from_index(0, texts.len())
        numbers = texts.cast(self._dtype).to_physical()
        self._note(numbers, texts)
        return numbers

    def _note(self, numbers: pl.Series, texts: pl.Series) -> None:
        """Keep the texts that are new, by their numbers: Polars gives its categories out one by one, in Python."""
        known, highest = self._texts.len(), numbers.max()
        if not isinstance(highest, int) or highest < known:
            return
        new = texts.filter(numbers >= known).unique(maintain_order=True).alias("")
        self._texts = pl.concat([self._texts, new], rechunk=True)
        at = pl.int_range(known, self._texts.len(), dtype=pl.UInt32, eager=True)
        if not (new.cast(self._dtype).to_physical() == at).all():
            self._texts = self._categories.to_series()  # they are numbered otherwise

    def are_many(self) -> bool:
        """Whether the texts are too many or too long for results to be cached."""
        texts = self.texts()
        return texts.len() > MAX_DISTINCT_TEXTS or texts.estimated_size() > _MAX_BYTES

    def texts(self) -> pl.Series:
        """Return the texts in the order of their numbers, from 0."""
        return self._texts


def are_alike(values: pl.Series) -> bool:
    """Whether there are values, and all are the same, as in a file of one district the district in every row; a null is
    a value, too."""
    if values.is_empty() or (first := values.first()) != values.last():
        return False
    if first is None or values.null_count():
        return first is None and values.null_count() == values.len()
    # to compare all with the first takes a fraction of the time of counting how many there are
    return bool((values.head(_SAMPLE_SIZE) == first).all()) and bool((values == first).all())


def code_column(column: str) -> str:
    """Return the name of the column with the numbers of a column's texts (see
    `StringDictionary`)."""
    return f"{column}:number"


# The largest table of positions. Numbers no further apart than this, as a state gives them out one after the other,
# have a line each: they are found 30 times as fast as by a join. Others share a line with those next to them.
_MAX_LINES = 1 << 22
_LINES_A_NUMBER = 4
# With more numbers on a line than this a join is as fast.
_MAX_ON_A_LINE = 12


class IntIndex:
    """Finds the position, from 0, of a number in a series of distinct unsigned numbers."""

    def __init__(self, numbers: pl.Series) -> None:
        self._numbers = numbers.alias("number")
        self._order: pl.Series | None = None  # the position of each number, where they had to be sorted
        self._table = pl.Series(dtype=pl.UInt32)
        self._numbers_a_line = 1
        lowest, highest = numbers.min(), numbers.max()
        self._lowest = lowest if isinstance(lowest, int) else 0
        if isinstance(highest, int):
            self._fill_table(highest - self._lowest + 1)

    def _fill_table(self, width: int) -> None:
        """Fill the table: each line has the position of the lowest of its numbers.

        Args:
            width: How many numbers there are from the lowest to the highest.
        """
        positions = pl.int_range(self._numbers.len(), dtype=pl.UInt32, eager=True)
        if width <= _MAX_LINES:
            self._table = no_positions(width).scatter(self._numbers - self._lowest, positions)
            return
        ordered, order = self._numbers, None
        if not ordered.is_sorted():
            order = ordered.arg_sort().cast(pl.UInt32)
            ordered = ordered.gather(order)
        count = min(_MAX_LINES, _LINES_A_NUMBER * ordered.len())
        self._numbers_a_line = -(-width // count)
        lines = (ordered - self._lowest) // self._numbers_a_line
        firsts = positions.filter(lines.ne_missing(lines.shift()))
        most = max(int(firsts.diff().max() or 1), ordered.len() - int(firsts[-1]))  # type: ignore[arg-type]
        if most <= _MAX_ON_A_LINE:
            self._table = no_positions(count).scatter(lines.gather(firsts), firsts)
            # there is one behind the last
            self._numbers, self._order = ordered.extend_constant(None, 1).rechunk(), order

    def positions(self, numbers: pl.Series) -> pl.Series:
        """Return the position (UInt32) of each number, null where the series does not have it.
        Both are of the same type."""
        if self._table.is_empty():
            known = self._numbers.to_frame().with_row_index("position")
            asked = numbers.alias("number").to_frame()
            return asked.join(known, on="number", how="left", maintain_order="left")["position"]
        at = numbers - self._lowest  # a number below the lowest wraps around to a very large one
        if self._numbers_a_line == 1:
            return self._table.gather(at.set(at >= self._table.len(), None))
        line = at // self._numbers_a_line
        return self._searched(numbers, self._table.gather(line.set(line >= self._table.len(), None)))

    def _searched(self, numbers: pl.Series, positions: pl.Series) -> pl.Series:
        """Return the position of each number; `positions` has the first one of its line."""
        further = (self._numbers.gather(positions) < numbers).arg_true()
        while not further.is_empty():
            there = positions.gather(further) + 1
            positions = positions.scatter(further, there)
            further = further.filter(self._numbers.gather(there) < numbers.gather(further))
        positions = positions.set((self._numbers.gather(positions) != numbers).fill_null(True), None)
        return positions if self._order is None else self._order.gather(positions)


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


def masks_of_all(parts: Sequence[tuple[Mapping[K, pl.Series], int]], keys: Iterable[K]) -> dict[K, pl.Series]:
    """Return the masks of parts, each with its height, as one for all rows, by those keys that a part has. A part
    without a mask has no such row."""
    return {
        key: pl.concat(
            [masks[key] if key in masks else pl.repeat(False, height, eager=True) for masks, height in parts],
            rechunk=True,
        )
        for key in keys
        if any(key in masks for masks, _ in parts)
    }
