"""Frames on their way: made ahead in a thread, kept in memory or in an unlinked, encrypted file, partitioned."""

import io
import os
import tempfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, TypeVar

import polars as pl

T = TypeVar("T")


def prefetch(things: Iterator[T], *, count: int = 1) -> Iterator[T]:
    """Yield the things in order; up to `count` of the next ones are made meanwhile, in a thread of their own. What that
    raises is raised here."""
    with ThreadPoolExecutor(1, thread_name_prefix="read-ahead") as thread:
        coming = deque(thread.submit(_next, things) for _ in range(count))
        while made := coming.popleft().result():
            coming.append(thread.submit(_next, things))
            yield made[0]


def _next(things: Iterator[T]) -> tuple[T] | None:
    """Return the next thing, in a tuple since it may be anything; None at the end."""
    for thing in things:
        return (thing,)
    return None


_MEMORY_BYTES = 16 << 20
_PIECE = 20_000
"""Largest number of rows written at once."""

_NONCE_BYTES = 12


class SpillBuffer:
    """Frames of one shape, in order, to be gone through as often as one likes.

    What goes to the disk is encrypted with a key that only this object knows, since it holds what students' files held;
    the file is gone as soon as the process is, however that ends.
    """

    def __init__(self, *, memory_bytes: int = _MEMORY_BYTES) -> None:
        self._room = memory_bytes
        self._in_memory: list[bytes] = []
        self._file: IO[bytes] | None = None
        self._cipher: Any = None
        self._places: list[list[tuple[int, int]]] = []

    def add(self, frame: pl.DataFrame) -> None:
        """Put a frame behind the others."""
        if not self._places and self._room > 0:
            # the frame itself may hold on to far more: its texts to all others that they were cut from or read with;
            # and it may be far less than it is when written: a column of nulls, the same text in every row
            written = _written(frame).getvalue()
            self._room -= len(written)
            self._in_memory.append(written)
            return
        pieces = [frame] if frame.is_empty() else frame.iter_slices(_PIECE)
        self._places.append([self._write(piece) for piece in pieces])

    def __len__(self) -> int:
        """Return how many frames there are."""
        return len(self._in_memory) + len(self._places)

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """Yield the frames."""
        for number in range(len(self)):
            yield self[number]

    def __getitem__(self, number: int) -> pl.DataFrame:
        """Return the frame at this position, from 0."""
        if number < len(self._in_memory):
            return pl.read_ipc(self._in_memory[number])
        places = self._places[number - len(self._in_memory)]
        return pl.concat([pl.read_ipc(self._read(place, size)) for place, size in places])

    def _write(self, frame: pl.DataFrame) -> tuple[int, int]:
        """Write a frame to the disk, and return where it begins and how many bytes it has."""
        if self._file is None:
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM

            self._file = tempfile.TemporaryFile(prefix="tidegate-")  # noqa: SIM115 - it goes with this object
            self._cipher = AESGCM(AESGCM.generate_key(128))
        buffer = _written(frame)
        nonce = os.urandom(_NONCE_BYTES)
        place = self._file.seek(0, os.SEEK_END)
        self._file.write(nonce)
        size = self._file.write(self._cipher.encrypt(nonce, buffer.getbuffer(), None))
        return place, size

    def _read(self, place: int, size: int) -> bytes:
        assert self._file is not None
        self._file.seek(place)
        nonce, sealed = self._file.read(_NONCE_BYTES), self._file.read(size)
        opened: bytes = self._cipher.decrypt(nonce, sealed, None)
        return opened


def _written(frame: pl.DataFrame) -> io.BytesIO:
    buffer = io.BytesIO()
    # rows and findings repeat one another: what is encrypted, written and read again is a tenth of it or less
    frame.write_ipc(buffer, compression="zstd", compat_level=pl.CompatLevel.newest())
    return buffer


_BUCKET = "bucket"


class SpilledPartitions:
    """Rows of one shape, each put into a bucket, in which they stay in the order in which they came.

    Up to `memory_bytes` wait in memory; beyond, they are put on the disk, encrypted as a SpillBuffer does it.
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
