"""The store of uploaded files: each has a name of ours, in a folder or in an object store (TIDEGATE_STORE_URL).

With TIDEGATE_STORE_KEY the files are encrypted as age files. Files that were kept before the key was set stay as they
are and can be read.

A folder that is not there, such as a share that is not mounted, is away like a server that does not answer: nothing is
written in its place, and nothing that it lacks is taken for lost.

A file is kept in two steps. `keep` writes it with a mark, and `confirm` takes the mark away once its upload is
committed. `pending_files` finds those whose mark stays, since the machine went down between the two: they are removed.
"""

import errno
import hashlib
import itertools
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from tidegate.core.errors import Conflict, NoRoom, NotFound, TooLarge
from tidegate.uploads.storage.backend import StorageBackend, StoreAway, StoreReader, StoreWriter
from tidegate.uploads.storage.folder import Folder
from tidegate.uploads.storage.objects import Objects
from tidegate.uploads.storage.sealed import NotAsSent, in_memory, new_key, seal, unseal
from tidegate.uploads.storage.streaming_session import streaming_session

__all__ = [
    "NotAsSent", "StoreAway", "Stored", "answers", "backend", "chunks_of", "confirm", "discard", "has_last_files",
    "is_kept", "is_name", "keep", "may_be_kept", "new_key", "opened", "pending_files", "refuse_absent_folder",
]  # fmt: skip
_CHUNK_BYTES = 1 << 20
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_ENCRYPTED = ".age"
# So many of the last uploads' files are looked for in a folder that does not say that it is the store.
_LAST_FILES = 100
_NAME = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{30}(\.age)?")


@dataclass(frozen=True)
class Stored:
    """A file in the store: its name there, and the SHA-256 in hex and the size in bytes of the file as it was sent."""

    stored_as: str
    sha256: str
    byte_count: int


def backend() -> StorageBackend:
    """Return the folder or the object store in which the files lie."""
    if settings.TIDEGATE_STORE_URL:
        return _objects(settings.TIDEGATE_STORE_URL)
    return Folder(Path(settings.TIDEGATE_UPLOADS_DIR))


@lru_cache(maxsize=1)
def _objects(url: str) -> Objects:
    return Objects(url)


def is_kept(stored_as: str) -> bool:
    """Whether the store has the file; blank is a file that was never kept, or was deleted since. StoreAway where nobody
    can say."""
    if stored_as and not backend().has(stored_as):
        refuse_absent_folder(lacks_file=True)
        return False
    return bool(stored_as)


def may_be_kept(stored_as: str) -> bool:
    """Whether the file should be there. An object store is not asked: pages do not wait for it."""
    path = backend().path_of(stored_as)
    if path is None or not stored_as or path.is_file():
        return bool(stored_as)
    return not backend().answers() or not has_last_files()


def file_gone(upload_id: int, *, fix: str) -> Conflict:
    """Return what is said where an act needs the file of an upload, and it was deleted since."""
    return Conflict(f"We no longer keep the file of upload {upload_id}", fix=fix, code="FILE_GONE")


def answers() -> bool:
    """Whether files can be kept and read now. A new folder becomes the store when it is asked for the first time."""
    found = backend()
    return found.answers() or (isinstance(found, Folder) and _is_begun(found))


def _is_begun(folder: Folder) -> bool:
    """Let a folder be the store from now on where it lacks nothing: no upload has a file yet, or one of the last is
    there, since the folder comes from a backup or a bucket. Return whether it is."""
    try:
        if not has_last_files():
            return False
        folder.begin()
    except OSError:
        return False
    return folder.answers()


def has_last_files() -> bool:
    """Whether no upload has a file, or one of the last is in the store. A mount point may once have been taken for the
    store, as where a machine has started without the share: it says that it is the store, and lacks them all."""
    from tidegate.uploads.models import Upload

    last = Upload.objects.exclude(stored_as="").order_by("-pk").values_list("stored_as", flat=True)[:_LAST_FILES]
    names = list(last)
    return not names or any(map(backend().has, names))


def refuse_absent_folder(*, lacks_file: bool = False) -> None:
    """Raise StoreAway where the store is a folder that is not there, or that lacks one file and the last ones, too. An
    object store says so by itself."""
    if isinstance(backend(), Folder) and not (answers() and (not lacks_file or has_last_files())):
        raise StoreAway


@contextmanager
def opened(stored_as: str, *, sha256: str = "") -> Iterator[Path]:
    """Yield where the file can be read as it was sent. One that is encrypted, or that is fetched, comes into memory and
    never to the disk, and is compared with its SHA-256 where that is given (NotAsSent)."""
    path = backend().path_of(stored_as)
    if path is not None and not path.is_file():
        refuse_absent_folder(lacks_file=True)
    if path is not None and not stored_as.endswith(_ENCRYPTED):
        yield path
        return
    with in_memory() as (file, readable):
        written = _Digested(file)
        with streaming_session(), backend().reading(stored_as) as source:
            if stored_as.endswith(_ENCRYPTED):
                unseal(source, written)
            else:
                _copy(source, written)
        file.flush()
        if sha256 and written.digest.hexdigest() != sha256:
            raise NotAsSent
        yield readable


def chunks_of(stored_as: str, *, sha256: str = "") -> Iterator[bytes]:
    """Return the file as it was sent, in pieces. It is opened at once, so that a store that is away is said at once."""
    pieces = _pieces_of(stored_as, sha256)
    try:
        return itertools.chain([next(pieces, b"")], pieces)
    except FileNotFoundError:
        raise NotFound("We no longer have the file", fix="Tell the state's help desk: the store has lost it") from None


def _pieces_of(stored_as: str, sha256: str) -> Iterator[bytes]:
    with opened(stored_as, sha256=sha256) as path, path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def keep(file: BinaryIO, *, limit_bytes: int) -> Stored:
    """Stream `file` into the store; `confirm` or `discard` it afterwards. Nothing is kept where it has more bytes than
    the limit (TooLarge), or than there is room for (NoRoom), or where the store does not answer (StoreAway)."""
    refuse_absent_folder()
    name = uuid.uuid4().hex
    stored_as = f"{name[:2]}/{name}{_ENCRYPTED if settings.TIDEGATE_STORE_KEY else ''}"
    counted = _Counted(file, limit_bytes)
    try:
        with streaming_session():
            backend().mark(stored_as)
            with backend().writing(stored_as) as out:
                if stored_as.endswith(_ENCRYPTED):
                    seal(counted, out)
                else:
                    _copy(counted, out)
    except BaseException as error:
        discard(stored_as)
        if counted.is_too_large:
            raise TooLarge("The file is larger than the state allows") from error
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            fix = "Nothing was saved. Tell the state's help desk, and send the file again later"
            raise NoRoom("There is no room to keep the file", fix=fix) from error
        raise
    return Stored(stored_as, counted.digest.hexdigest(), counted.byte_count)


def confirm(stored_as: str) -> None:
    """Say that the file belongs to an upload for good. Where the store is away, `pending_files` finds it later."""
    with suppress(StoreAway):
        backend().unmark(stored_as)


def discard(stored_as: str) -> None:
    """Remove a file from the store; one that is gone already is fine. Where the store is away and the file is not
    confirmed, `pending_files` finds it later."""
    _check_name(stored_as)
    with suppress(StoreAway):
        refuse_absent_folder()
        _remove(stored_as)


def remove(stored_as: str) -> None:
    """Remove the file of an upload; one that is gone already is fine. StoreAway where it may be there still."""
    _check_name(stored_as)
    path = backend().path_of(stored_as)
    refuse_absent_folder(lacks_file=path is not None and not path.is_file())
    _remove(stored_as)


def _check_name(stored_as: str) -> None:
    if not is_name(stored_as):
        raise ValueError("This is no name of a stored file")


def _remove(stored_as: str) -> None:
    backend().remove(stored_as)
    confirm(stored_as)


def is_name(stored_as: str) -> bool:
    """Whether a file in the store can be called so: nothing else is ever removed or restored."""
    return _NAME.fullmatch(stored_as) is not None


def pending_files(*, for_seconds: float) -> Iterator[str]:
    """Yield the files that came so long ago and of which nobody has said since that they belong to an upload."""
    return backend().marked(for_seconds=for_seconds)


def _copy(source: StoreReader, target: StoreWriter) -> None:
    while chunk := source.read(_CHUNK_BYTES):
        target.write(chunk)


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

    def read(self, size: int = _CHUNK_BYTES) -> bytes:
        chunk = self.file.read(size)
        self.byte_count += len(chunk)
        if self.is_too_large:
            raise TooLarge("The file is larger than the state allows")
        self.digest.update(chunk)
        return chunk


class _Digested:
    """Writes a file on, and digests what was written."""

    def __init__(self, file: StoreWriter) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self.file.write(data)

    def flush(self) -> None:
        self.file.flush()
