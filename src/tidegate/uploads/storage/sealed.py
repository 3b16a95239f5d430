"""Stored files as age files (age-encryption.org), which the `age` command reads too, and their way out into memory."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings

from tidegate.uploads.storage.backend import StoreReader, StoreWriter


class NotAsSent(Exception):
    """The store has given back other bytes than it was given."""


def new_key() -> str:
    """Return a new key for TIDEGATE_STORE_KEY."""
    return str(_age().x25519.Identity.generate())


def seal(source: StoreReader, target: StoreWriter) -> None:
    """Encrypt what is read, and write it on."""
    read, written = _Read(source), _Written(target)
    try:
        _age().encrypt_io(read, written, [_identity().to_public()])
    except Exception as error:
        raise written.error or read.error or error from error  # the library wraps it in an error of its own


def unseal(source: StoreReader, target: StoreWriter) -> None:
    """Decrypt what is read, and write it on. NotAsSent where it is damaged, or sealed with another key."""
    read, written, identity = _Read(source), _Written(target), _identity()
    try:
        _age().decrypt_io(read, written, [identity])
    except Exception as error:
        raise read.error or written.error or NotAsSent(str(error)) from error


@contextmanager
def in_memory() -> Iterator[tuple[BinaryIO, Path]]:
    """Yield a file that is nowhere on the disk, and the path by which it is read again; without Linux, one that only
    its owner can read and that goes at once."""
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("tidegate"), "w+b") as file:
            yield file, Path(f"/proc/self/fd/{file.fileno()}")
    else:
        with tempfile.NamedTemporaryFile(prefix="tidegate-") as named:
            yield cast("BinaryIO", named), Path(named.name)


class _Read:
    """Reads a file, and remembers why it could not."""

    def __init__(self, file: StoreReader) -> None:
        self.file = file
        self.error: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            return self.file.read(size)
        except Exception as error:
            self.error = error
            raise


class _Written:
    """Writes a file on, and remembers why it could not."""

    def __init__(self, file: StoreWriter) -> None:
        self.file = file
        self.error: Exception | None = None

    def write(self, data: bytes) -> int:
        try:
            return self.file.write(data)
        except Exception as error:
            self.error = error
            raise

    def flush(self) -> None:
        self.file.flush()


def _age() -> Any:
    import pyrage

    return pyrage


def _identity() -> Any:
    return _age().x25519.Identity.from_str(settings.TIDEGATE_STORE_KEY.strip())
