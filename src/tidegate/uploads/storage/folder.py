"""The store as a folder, written through to the disk.

The folder `arriving` in it says that it is the store. Where a disk or a share is not mounted, an empty folder is in its
place: what is written there would be out of sight later, and what is missing there is not lost.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from tidegate.uploads.storage.backend import StoreAway

_MARKS = "arriving"


class Folder:
    """A folder that all processes see: on one machine, or shared by several."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path_of(self, name: str) -> Path:
        """Return where the file lies."""
        return self.root / name

    def has(self, name: str) -> bool:
        """Whether the file is there."""
        return (self.root / name).is_file()

    @contextmanager
    def reading(self, name: str) -> Iterator[BinaryIO]:
        """Yield the file."""
        with (self.root / name).open("rb") as file:
            yield file

    @contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        """Yield what takes the bytes of a new file."""
        path = self.root / name
        with _away_if_not_allowed():
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("xb")
        try:
            with file as out:
                yield out
                out.flush()
                os.fsync(out.fileno())  # the upload is promised once its row is committed
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        _write_names_through(path)

    def remove(self, name: str) -> None:
        """Remove the file."""
        with _away_if_not_allowed():
            (self.root / name).unlink(missing_ok=True)

    def mark(self, name: str) -> None:
        """Note that a file is coming."""
        try:
            with _away_if_not_allowed():
                self._mark_of(name).touch()
        except FileNotFoundError:
            raise StoreAway from None

    def unmark(self, name: str) -> None:
        """Take the note away."""
        with _away_if_not_allowed():
            self._mark_of(name).unlink(missing_ok=True)

    def marked(self, *, for_seconds: float) -> Iterator[str]:
        """Yield the names of the files whose note is so old."""
        marks = self.root / _MARKS
        for mark in sorted(marks.iterdir()) if marks.is_dir() else ():
            with suppress(FileNotFoundError):  # confirmed at this very moment
                if time.time() - mark.stat().st_mtime >= for_seconds:
                    yield f"{mark.name[:2]}/{mark.name}"

    def answers(self) -> bool:
        """Whether the store is there, and can be read and written."""
        marks = self.root / _MARKS
        try:
            return marks.is_dir() and all(os.access(path, os.R_OK | os.W_OK | os.X_OK) for path in (self.root, marks))
        except OSError:
            return False

    def begin(self) -> None:
        """Make the folder where it is not there, and let it be the store from now on."""
        (self.root / _MARKS).mkdir(parents=True, exist_ok=True)

    def is_empty(self) -> bool:
        """Whether the folder is not there or has no file in it."""
        return not any(path.name != _MARKS or any(path.iterdir()) for path in self.root.glob("*"))

    def _mark_of(self, name: str) -> Path:
        return self.root / _MARKS / name.rpartition("/")[2]


@contextmanager
def _away_if_not_allowed() -> Iterator[None]:
    """Raise StoreAway where the user may not write: a command that root has run has made folders here."""
    try:
        yield
    except PermissionError:
        raise StoreAway from None


def _write_names_through(path: Path) -> None:
    """Have the disk know the file's name, too, and that of its folder."""
    for folder in (path.parent, path.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
