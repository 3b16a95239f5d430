"""Keeps rows in numbered buckets: in memory while they are few, then on disk, where each bucket is found by itself."""

from collections.abc import Iterator

import polars as pl

from tidegate.core.frames.spill import SpillBuffer

_BUCKET = "bucket"


class SpilledPartitions:
    """Rows of one shape, each put into a bucket, in which they stay in the order in which they came.

    So many bytes wait in memory; what is more is put onto the disk, encrypted as a Spool does it.
    """

    def __init__(self, *, memory_bytes: int) -> None:
        self._memory_bytes = memory_bytes
        self._waiting: list[pl.DataFrame] = []
        self._waiting_bytes = 0
        self._shape = pl.DataFrame()
        self._spool = SpillBuffer(memory_bytes=0)
        self._places: dict[int, list[int]] = {}
        self._bytes: dict[int, int] = {}
        self.row_count = 0

    def add(self, rows: pl.DataFrame, numbers: pl.Series) -> None:
        """Put each row into the bucket of that number."""
        if self._shape.width == 0:
            self._shape = rows.clear()  # as long as it lives, so do the categories of its columns
        self._waiting.append(rows.with_columns(numbers.cast(pl.UInt32).alias(_BUCKET)))
        self._waiting_bytes += int(rows.estimated_size())
        self.row_count += rows.height
        if self._waiting_bytes > self._memory_bytes:
            self._write()

    def _write(self) -> None:
        """Put what waits onto the disk."""
        waiting = pl.concat(self._waiting)
        self._waiting, self._waiting_bytes = [], 0
        for number, rows in _by_bucket(waiting):
            self._places.setdefault(number, []).append(len(self._spool))
            self._bytes[number] = self._bytes.get(number, 0) + int(rows.estimated_size())
            # a column of categories would bring all of them along, over and over
            self._spool.add(rows.with_columns(pl.col(pl.Categorical).to_physical()))

    def bucket(self, number: int) -> pl.DataFrame:
        """Return the rows of one bucket."""
        waiting = [rows.filter(pl.col(_BUCKET) == number).drop(_BUCKET) for rows in self._waiting]
        return pl.concat([self._shape, *self._written([number]), *waiting])

    def _written(self, numbers: list[int]) -> Iterator[pl.DataFrame]:
        """Yield what stands on the disk of some buckets."""
        kinds = [(name, kind) for name, kind in self._shape.schema.items() if isinstance(kind, pl.Categorical)]
        named = [pl.col(name).cat.to(kind) for name, kind in kinds]
        for number in numbers:
            for place in self._places.get(number, ()):
                yield self._spool[place].with_columns(named)

    def together(self) -> Iterator[pl.DataFrame]:
        """Yield the rows of all buckets, as many buckets at once as are not more than may wait in memory."""
        if not self._places:
            if self._waiting:
                yield pl.concat(self._waiting).drop(_BUCKET)
            return
        if self._waiting:
            self._write()
        for numbers in self._batches():
            yield pl.concat(self._written(numbers))

    def _batches(self) -> Iterator[list[int]]:
        numbers: list[int] = []
        room = self._memory_bytes
        for number in sorted(self._places):
            if numbers and self._bytes[number] > room:
                yield numbers
                numbers, room = [], self._memory_bytes
            numbers.append(number)
            room -= self._bytes[number]
        yield numbers


def _by_bucket(rows: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    """Yield each bucket's number and its rows."""
    for part in rows.partition_by(_BUCKET, maintain_order=True):
        yield part[_BUCKET][0], part.drop(_BUCKET)
