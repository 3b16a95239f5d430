"""Bytes that wait between a network and a thread: the first in memory, the rest in a file that nobody else can read."""

import io
from threading import Lock
from typing import Any

from tidegate.uploads.storage.upload_handler import EncryptedTempFile


class SpooledBytes:
    """What has come and was not taken yet. One thread may write behind while another reads in front."""

    def __init__(self, *, memory_bytes: int) -> None:
        self._memory = bytearray()
        self._memory_bytes = memory_bytes
        self._veiled: EncryptedTempFile | None = None
        self._taken = 0
        self._lock = Lock()
        self.byte_count = 0

    @property
    def is_on_disk(self) -> bool:
        """Whether there are more than the memory's share, so that asking for them may wait for the disk."""
        return self._veiled is not None

    @property
    def is_all_taken(self) -> bool:
        """Whether everything that has come so far was read."""
        return self._taken == self.byte_count

    def has_room_in_memory(self, byte_count: int) -> bool:
        """Whether these bytes, added, would stay in memory."""
        return self._veiled is None and self.byte_count + byte_count <= self._memory_bytes

    def write(self, data: bytes) -> None:
        """Put bytes behind the others. An OSError where the disk has no room for them."""
        with self._lock:
            if self.has_room_in_memory(len(data)):
                self._memory += data
            else:
                self._veiled = self._veiled or EncryptedTempFile()
                self._veiled.write(data)
            self.byte_count += len(data)

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most `size`; none where all have been taken."""
        with self._lock:
            data = bytes(self._memory[self._taken : self._taken + size])
            if not data and self._veiled is not None:
                data = self._veiled.read(size)
            self._taken += len(data)
            return data

    def as_file(self) -> io.BufferedReader:
        """Return the bytes as a file that is read once, from its start."""
        return io.BufferedReader(_Raw(self), 1 << 18)

    def close(self) -> None:
        """Let go of the memory and the file."""
        with self._lock:
            self._memory = bytearray()
            if self._veiled is not None:
                self._veiled.close()


class _Raw(io.RawIOBase):
    """The least that Python's own buffered reader stands on."""

    def __init__(self, waiting: SpooledBytes) -> None:
        self._waiting = waiting

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._waiting.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
