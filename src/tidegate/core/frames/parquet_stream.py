"""Writes frames as one Parquet file, piece by piece, so that its size does not matter."""

from collections.abc import Iterable, Iterator
from queue import Empty, Full, Queue, SimpleQueue
from threading import Thread
from typing import IO, cast

import polars as pl
from polars.io.plugins import register_io_source

_ROWS_PER_GROUP = 100_000
_FRAMES_AHEAD = 2
_SECONDS_BETWEEN_LOOKS = 0.2


def parquet_chunks(frames: Iterable[pl.DataFrame], schema: pl.Schema) -> Iterator[bytes]:
    """Yield a Parquet file of the frames, which all have this schema, while they are read.

    The frames are read in the calling thread, since they may come from a database connection.
    """
    sink = _Output(schema)
    sink.start()
    try:
        for frame in frames:
            sink.take(frame)
            yield from sink.written()
        sink.take(None)
        sink.join()
        yield from sink.written()
        if sink.error is not None:
            raise sink.error
    finally:  # also where nobody reads on: the thread would wait for ever
        sink.is_given_up = True
        sink.join()


class _Output(Thread):
    """The thread in which Polars writes. A frame of None is the end."""

    def __init__(self, schema: pl.Schema) -> None:
        super().__init__(name="parquet", daemon=True)
        self.error: Exception | None = None
        self.is_given_up = False
        self._schema = schema
        self._frames: Queue[pl.DataFrame | None] = Queue(_FRAMES_AHEAD)
        self._written: SimpleQueue[bytes] = SimpleQueue()

    def run(self) -> None:
        """Write all frames."""
        source = register_io_source(lambda *_: self._taken(), schema=self._schema)
        try:
            source.sink_parquet(cast("IO[bytes]", _OutputFile(self._written)), row_group_size=_ROWS_PER_GROUP)
        except Exception as error:  # noqa: BLE001 - it is raised in the thread that reads
            self.error = error

    def take(self, frame: pl.DataFrame | None) -> None:
        """Give the next frame to the thread, as soon as it has room for it. Nothing is given to a thread that has
        ended."""
        while self.is_alive():
            try:
                return self._frames.put(frame, timeout=_SECONDS_BETWEEN_LOOKS)
            except Full:
                continue
        return None

    def written(self) -> Iterator[bytes]:
        """Yield what has been written since the last call."""
        while not self._written.empty():
            yield self._written.get()

    def _taken(self) -> Iterator[pl.DataFrame]:
        while not self.is_given_up:
            try:
                frame = self._frames.get(timeout=_SECONDS_BETWEEN_LOOKS)
            except Empty:
                continue
            if frame is None:
                return
            yield frame


class _OutputFile:
    """Looks like a file to Polars, and passes on what is written."""

    def __init__(self, written: "SimpleQueue[bytes]") -> None:
        self._written = written

    def write(self, data: bytes) -> int:
        self._written.put(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""
