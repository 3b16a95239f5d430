"""The store of uploaded files: a folder in which each file has a name of ours, written through to the disk.

With TIDEGATE_STORE_KEY the files are encrypted as age files (age-encryption.org), which the `age` command reads too.
Files that were kept before the key was set stay as they are and can be read.

A file that has come and whose upload is not committed yet has a mark of its own, so that one whose upload never came to
be, since the machine went down between the two, is found and removed (`unsettled`).
"""

import errno
import hashlib
import os
import re
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings

from tidegate.core.errors import NoRoom, TooLarge

_CHUNK = 1 << 20
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_ENCRYPTED = ".age"
_MARKS = "arriving"
_NAME = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{30}(\.age)?")


@dataclass(frozen=True)
class Stored:
    """A file in the store: its path below the store's folder, its SHA-256 in hex and its size in bytes, both of the
    file as it was sent."""

    stored_as: str
    sha256: str
    byte_count: int


def is_kept(stored_as: str) -> bool:
    """Whether the store has the file; blank is a file that was never kept, or was deleted since."""
    return bool(stored_as) and _path_of(stored_as).is_file()


def answers() -> bool:
    """Whether files can be kept and read now."""
    folder = Path(settings.TIDEGATE_UPLOADS_DIR)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return os.access(folder, os.R_OK | os.W_OK | os.X_OK)
    except OSError:
        return False


@contextmanager
def opened(stored_as: str) -> Iterator[Path]:
    """Yield where the file can be read as it was sent. An encrypted one is decrypted into memory, never to the disk."""
    path = _path_of(stored_as)
    if not stored_as.endswith(_ENCRYPTED):
        yield path
        return
    with _in_memory() as (file, readable), path.open("rb") as encrypted:
        _age().decrypt_io(encrypted, file, [_identity()])
        file.flush()
        yield readable


def chunks_of(stored_as: str) -> Iterator[bytes]:
    """Yield the file as it was sent, in pieces."""
    with opened(stored_as) as path, path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def keep(file: BinaryIO, *, limit_bytes: int) -> Stored:
    """Stream `file` into the store; `settle` or `discard` it afterwards. Nothing is kept where it has more bytes than
    the limit (TooLarge) or than there is room for (NoRoom)."""
    name = uuid.uuid4().hex
    stored_as = f"{name[:2]}/{name}{_ENCRYPTED if settings.TIDEGATE_STORE_KEY else ''}"
    path = _path_of(stored_as)
    counted = _Counted(file, limit_bytes)
    try:
        _mark_of(stored_as).parent.mkdir(parents=True, exist_ok=True)
        _mark_of(stored_as).touch()
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(counted, path)
    except BaseException as fault:
        discard(stored_as)
        if counted.is_too_large:
            raise TooLarge("The file is larger than the state allows") from fault
        if isinstance(fault, OSError) and fault.errno in _NO_ROOM:
            fix = "Nothing of it was taken. Tell the state's help desk, and send the file again later"
            raise NoRoom("There is no room to keep the file", fix=fix) from fault
        raise
    return Stored(stored_as, counted.digest.hexdigest(), counted.byte_count)


def settle(stored_as: str) -> None:
    """Say that the file belongs to an upload for good."""
    _mark_of(stored_as).unlink(missing_ok=True)


def discard(stored_as: str) -> None:
    """Remove a file from the store; one that is gone already is fine."""
    if not is_name(stored_as):
        raise ValueError("This is no name of a stored file")
    _path_of(stored_as).unlink(missing_ok=True)
    settle(stored_as)


def is_name(stored_as: str) -> bool:
    """Whether a file in the store can be called so: nothing else is ever removed or restored."""
    return _NAME.fullmatch(stored_as) is not None


def unsettled(*, for_seconds: float) -> Iterator[str]:
    """Yield the files that came so long ago and of which nobody has said since that they belong to an upload."""
    marks = Path(settings.TIDEGATE_UPLOADS_DIR) / _MARKS
    for mark in sorted(marks.iterdir()) if marks.is_dir() else ():
        with suppress(FileNotFoundError):  # settled at this very moment
            if time.time() - mark.stat().st_mtime >= for_seconds:
                yield f"{mark.name[:2]}/{mark.name}"


def new_key() -> str:
    """Return a new key for TIDEGATE_STORE_KEY."""
    return str(_age().x25519.Identity.generate())


class _Counted:
    """Reads a file on, and counts and digests what was read; stops where it is too large."""

    def __init__(self, file: BinaryIO, limit_bytes: int) -> None:
        self.file = file
        self.limit_bytes = limit_bytes
        self.digest = hashlib.sha256()
        self.byte_count = 0

    @property
    def is_too_large(self) -> bool:
        return self.byte_count > self.limit_bytes

    def read(self, size: int = _CHUNK) -> bytes:
        chunk = self.file.read(size)
        self.byte_count += len(chunk)
        if self.is_too_large:
            raise TooLarge("The file is larger than the state allows")
        self.digest.update(chunk)
        return chunk


class _Written:
    """Writes a file on, and remembers why it could not."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.fault: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            return self.file.write(data)
        except OSError as fault:
            self.fault = fault
            raise

    def flush(self) -> None:
        self.file.flush()


def _path_of(stored_as: str) -> Path:
    return Path(settings.TIDEGATE_UPLOADS_DIR) / stored_as


def _mark_of(stored_as: str) -> Path:
    return Path(settings.TIDEGATE_UPLOADS_DIR) / _MARKS / stored_as.rpartition("/")[2]


def _write(source: _Counted, path: Path) -> None:
    with path.open("xb") as out:
        if path.suffix == _ENCRYPTED:
            _encrypt(source, _Written(out))
        else:
            while chunk := source.read():
                out.write(chunk)
        out.flush()
        os.fsync(out.fileno())  # the upload is promised once its row is committed
    _write_names_through(path)


def _write_names_through(path: Path) -> None:
    """Have the disk know the file's name, too, and that of its folder."""
    for folder in (path.parent, path.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _encrypt(source: _Counted, written: _Written) -> None:
    try:
        _age().encrypt_io(source, written, [_identity().to_public()])
    except Exception as fault:
        raise written.fault or fault from fault  # the library wraps it in an error of its own


@contextmanager
def _in_memory() -> Iterator[tuple[BinaryIO, Path]]:
    """Yield a file that is nowhere on the disk, and the path by which it is read again; without Linux, one that only
    its owner can read and that goes at once."""
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("tidegate"), "w+b") as file:
            yield file, Path(f"/proc/self/fd/{file.fileno()}")
    else:
        with tempfile.NamedTemporaryFile(prefix="tidegate-") as named:
            yield cast("BinaryIO", named), Path(named.name)


def _age() -> Any:
    import pyrage

    return pyrage


def _identity() -> Any:
    return _age().x25519.Identity.from_str(settings.TIDEGATE_STORE_KEY.strip())
