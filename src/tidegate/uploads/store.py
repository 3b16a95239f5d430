"""The store of uploaded files: a folder in which each file has a name of ours, written through to the disk."""

import errno
import hashlib
import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from tidegate.core.errors import NoRoom, TooLarge

_CHUNK = 1 << 20
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class Stored:
    """A file in the store: its path below the store's folder, its SHA-256 in hex, and its size in bytes."""

    stored_as: str
    sha256: str
    byte_count: int


def path_of(stored_as: str) -> Path:
    """Return where a stored file lies."""
    return Path(settings.TIDEGATE_UPLOADS_DIR) / stored_as


def keep(file: BinaryIO, *, limit_bytes: int) -> Stored:
    """Stream `file` into the store. Nothing is kept where it has more bytes than the limit (TooLarge) or than there is
    room for (NoRoom)."""
    name = uuid.uuid4().hex
    stored_as = f"{name[:2]}/{name}"
    path = path_of(stored_as)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sha256, byte_count = _write(file, path, limit_bytes)
    except BaseException as fault:
        path.unlink(missing_ok=True)
        if isinstance(fault, OSError) and fault.errno in _NO_ROOM:
            fix = "Nothing of it was taken. Tell the state's help desk, and send the file again later"
            raise NoRoom("There is no room to keep the file", fix=fix) from fault
        raise
    return Stored(stored_as, sha256, byte_count)


def discard(stored_as: str) -> None:
    """Remove a file from the store; one that is gone already is fine."""
    path_of(stored_as).unlink(missing_ok=True)


def _write(file: BinaryIO, path: Path, limit_bytes: int) -> tuple[str, int]:
    digest = hashlib.sha256()
    byte_count = 0
    with path.open("xb") as out:
        while chunk := file.read(_CHUNK):
            byte_count += len(chunk)
            if byte_count > limit_bytes:
                raise TooLarge("The file is larger than the state allows")
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())  # the upload is promised once its row is committed
    return digest.hexdigest(), byte_count
