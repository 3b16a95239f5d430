"""Buffers of frames: prefetched in a thread, spilled to an encrypted file, partitioned; and frames kept for later."""

import io
import os
import shutil
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, TypeVar

import polars as pl

T = TypeVar("T")


def prefetch(things: Iterator[T], *, count: int = 1) -> Iterator[T]:
    """Yield the things in order, while a thread makes up to `count` of the next ones.

    An exception in the thread is raised here.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="read-ahead") as thread:
        coming = deque(thread.submit(_next, things) for _ in range(count))
        while made := coming.popleft().result():
            coming.append(thread.submit(_next, things))
            yield made.pop()  # not held here while the next one is made: a slice needs some 60 MB


def _next(things: Iterator[T]) -> list[T]:
    """Return the next thing in a list, which is empty at the end."""
    for thing in things:
        return [thing]
    return []


_MEMORY_BYTES = 16 << 20
# Largest number of rows written at once.
_ROWS_PER_WRITE = 20_000

_NONCE_BYTES = 12


class SpillBuffer:
    """A list of frames of one shape that may be read several times. Beyond `memory_bytes` it spills
    to disk.

    The spilled file is encrypted with a key that only this object has, since it holds students'
    data. It has no name on the disk, so it is gone when the process ends, however that happens.
    """

    def __init__(self, *, memory_bytes: int = _MEMORY_BYTES) -> None:
        self._room = memory_bytes
        self._in_memory: list[bytes] = []
        self._file: IO[bytes] | None = None
        self._cipher: Any = None
        self._offsets: list[list[tuple[int, int]]] = []

    def add(self, frame: pl.DataFrame) -> None:
        """Append a frame."""
        if not self._offsets and self._room > 0:
            # Kept as bytes: a frame's texts may keep alive all texts that they were read with. And the
            # written size counts: a column of nulls, or of one text, is small in memory and large written.
            written = _written(frame).getvalue()
            self._room -= len(written)
            self._in_memory.append(written)
            return
        pieces = [frame] if frame.is_empty() else frame.iter_slices(_ROWS_PER_WRITE)
        self._offsets.append([self._write(piece) for piece in pieces])

    def __len__(self) -> int:
        """Return how many frames there are."""
        return len(self._in_memory) + len(self._offsets)

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """Yield the frames."""
        for number in range(len(self)):
            yield self[number]

    def __getitem__(self, number: int) -> pl.DataFrame:
        """Return the frame at this position, from 0."""
        if number < len(self._in_memory):
            return pl.read_ipc_stream(self._in_memory[number])
        offsets = self._offsets[number - len(self._in_memory)]
        return pl.concat([pl.read_ipc_stream(self._read(offset, size)) for offset, size in offsets])

    def _write(self, frame: pl.DataFrame) -> tuple[int, int]:
        """Write a frame to the disk.

        Returns:
            The offset at which it begins, and its size in bytes.
        """
        if self._file is None:
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM

            self._file = tempfile.TemporaryFile(prefix="tidegate-")  # noqa: SIM115 - it goes with this object
            self._cipher = AESGCM(AESGCM.generate_key(128))
        buffer = _written(frame)
        nonce = os.urandom(_NONCE_BYTES)
        offset = self._file.seek(0, os.SEEK_END)
        self._file.write(nonce)
        size = self._file.write(self._cipher.encrypt(nonce, buffer.getbuffer(), None))
        return offset, size

    def _read(self, offset: int, size: int) -> bytes:
        assert self._file is not None
        self._file.seek(offset)
        nonce, sealed = self._file.read(_NONCE_BYTES), self._file.read(size)
        opened: bytes = self._cipher.decrypt(nonce, sealed, None)
        return opened


def _written(frame: pl.DataFrame) -> io.BytesIO:
    buffer = io.BytesIO()
    # Rows and findings are much alike: compressed they are a tenth or less to encrypt, write and read.
    # A stream, since Polars starts its streaming engine for a file: twice the time for a small frame.
    frame.write_ipc_stream(buffer, compression="lz4", compat_level=pl.CompatLevel.newest())
    return buffer


_PARTITION = "partition"


class SpilledPartitions:
    """Rows of one shape in numbered partitions, each in the order in which its rows were added.

    Up to `memory_bytes` are held in memory; more is spilled to disk, encrypted as in a SpillBuffer.
    """

    def __init__(self, *, memory_bytes: int) -> None:
        self._memory_bytes = memory_bytes
        self._waiting: list[pl.DataFrame] = []
        self._waiting_bytes = 0
        self._shape = pl.DataFrame()
        self._spool = SpillBuffer(memory_bytes=0)
        self._positions: dict[int, list[int]] = {}
        self._bytes: dict[int, int] = {}
        self.row_count = 0

    def add(self, rows: pl.DataFrame, numbers: pl.Series) -> None:
        """Add each row to the partition with the number at the same position."""
        if self._shape.width == 0:
            self._shape = rows.clear()  # keeps the categories of its columns alive
        self._waiting.append(rows.with_columns(numbers.cast(pl.UInt32).alias(_PARTITION)))
        self._waiting_bytes += int(rows.estimated_size())
        self.row_count += rows.height
        if self._waiting_bytes > self._memory_bytes:
            self._write()

    def _write(self) -> None:
        """Spill the rows in memory."""
        waiting = pl.concat(self._waiting)
        self._waiting, self._waiting_bytes = [], 0
        for number, rows in _by_partition(waiting):
            self._positions.setdefault(number, []).append(len(self._spool))
            self._bytes[number] = self._bytes.get(number, 0) + int(rows.estimated_size())
            # a categorical column would be written with all of its categories, every time
            self._spool.add(rows.with_columns(pl.col(pl.Categorical).to_physical()))

    @property
    def numbers(self) -> list[int]:
        """The numbers of the partitions that have rows, in order."""
        waiting = (number for rows in self._waiting for number in rows[_PARTITION].unique())
        return sorted({*self._positions, *waiting})

    def partition(self, number: int) -> pl.DataFrame:
        """Return the rows of one partition."""
        waiting = [rows.filter(pl.col(_PARTITION) == number).drop(_PARTITION) for rows in self._waiting]
        return pl.concat([self._shape, *self._written([number]), *waiting])

    def _written(self, numbers: list[int]) -> Iterator[pl.DataFrame]:
        """Yield the spilled rows of some partitions."""
        dtypes = [(name, dtype) for name, dtype in self._shape.schema.items() if isinstance(dtype, pl.Categorical)]
        named = [pl.col(name).cat.to(dtype) for name, dtype in dtypes]
        for number in numbers:
            for position in self._positions.get(number, ()):
                yield self._spool[position].with_columns(named)

    def together(self, *, share: int = 1) -> Iterator[pl.DataFrame]:
        """Yield the rows of all partitions, several partitions at once as long as they fit in
        memory: in this share of it, of rows that were spilled."""
        if not self._positions:
            if self._waiting:
                yield pl.concat(self._waiting).drop(_PARTITION)
            return
        if self._waiting:
            self._write()
        for numbers in self._batches(self._memory_bytes // share):
            yield pl.concat(self._written(numbers))

    def _batches(self, memory_bytes: int) -> Iterator[list[int]]:
        numbers: list[int] = []
        room = memory_bytes
        for number in sorted(self._positions):
            if numbers and self._bytes[number] > room:
                yield numbers
                numbers, room = [], memory_bytes
            numbers.append(number)
            room -= self._bytes[number]
        yield numbers


def _by_partition(rows: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    """Yield each partition's number and its rows."""
    for part in rows.partition_by(_PARTITION, maintain_order=True):
        yield part[_PARTITION][0], part.drop(_PARTITION)


# As much as of a state of 600,000 students: asking in memory takes less time.
_MAX_BYTES_KEPT_IN_MEMORY = 1 << 24
_SECONDS_OF_A_CHECK = 3_600


def read_kept(kept: Path) -> pl.LazyFrame:
    """Return the frame of a file; one that is large is read anew for each question."""
    is_large = kept.stat().st_size > _MAX_BYTES_KEPT_IN_MEMORY
    frame = pl.scan_ipc(kept, glob=False)
    if is_large:
        frame.collect_schema()  # raises an error if it is no whole file
        return frame
    return frame.collect().lazy()


def keep(frame: pl.DataFrame, kept: Path, name: str, *, like: Path) -> None:
    """Write a frame, and remove those that were kept under its name an hour before it or longer: another process may
    still ask a younger one.

    Args:
        frame: The frame.
        kept: The file that is written: a whole one or none.
        name: The name.
        like: Whoever may read this file may read what was kept of it.
    """
    if not kept.parent.is_dir():
        kept.parent.mkdir(exist_ok=True)
        shutil.copymode(like.parent, kept.parent)
    written = kept.with_suffix(f".{os.getpid()}")
    try:
        written.touch(0o600)
        frame.write_ipc(written)
        shutil.copymode(like, written)
        written.replace(kept)
    finally:
        written.unlink(missing_ok=True)
    for other in set(kept.parent.glob(f"{name}-*.arrow")) - {kept}:
        if time.time() - other.stat().st_mtime > _SECONDS_OF_A_CHECK:
            other.unlink(missing_ok=True)
