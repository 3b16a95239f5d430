"""Copies of the uploaded files, beside the log from which the database can be brought back to any moment.

The database that runs now may be a new and empty one, or an earlier state: that it does not name a file is no reason to
remove the copy. Only what its own audit log says of that file is.
"""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from tidegate.audit.models import Event
from tidegate.uploads.models import Upload
from tidegate.uploads.storage.backup_names import UNFINISHED, is_ahead
from tidegate.uploads.storage.base_backups import FILES, bases_in
from tidegate.uploads.storage.store import backend

FILE_DELETED = "upload.file_deleted"
"""The act of retention; the name of the file is in the details of its event, as `stored_as`."""
_CHUNK = 1 << 20
# An event has the time at which its transaction began, and a base backup may be whole before that ends.
_MARGIN = timedelta(hours=1)


class RestoredFiles(NamedTuple):
    """How many files were brought into the store, and how many of those that the database names are in neither."""

    restored_count: int
    missing_count: int


def copy_new_files(root: Path) -> None:
    """Copy what has come into the store, as it lies there."""
    to = root / FILES
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    copied = _copied(to)
    for name in _names_of_database():
        if name in copied:
            continue
        unfinished = to / UNFINISHED
        try:
            with backend().reading(name) as source, unfinished.open("wb") as file:
                shutil.copyfileobj(source, file, _CHUNK)
        except FileNotFoundError:
            continue  # it is lost, or retention was faster
        (to / name).parent.mkdir(exist_ok=True, mode=0o700)
        unfinished.rename(to / name)


def remove_deleted_files(root: Path) -> None:
    """Remove the copies of what retention has deleted, once no moment is left at which the files were still kept: every
    base backup is younger."""
    made = [base.made_at for base in bases_in(root)]
    if not made or is_ahead(max(made)):
        return  # a clock was wrong, so nobody knows how old that one is
    deleted = Event.objects.filter(act=FILE_DELETED, at__lt=min(made) - _MARGIN, details__has_key="stored_as")
    names = set(deleted.values_list("details__stored_as", flat=True))
    for name in (_copied(root / FILES) & names).difference(_names_of_database()):
        (root / FILES / name).unlink(missing_ok=True)


def restore_files(root: Path) -> RestoredFiles:
    """Bring the uploaded files that the database names into the store."""
    backend().begin()
    restored_count = missing_count = 0
    for name in _names_of_database():
        if backend().has(name):
            continue
        if not (root / FILES / name).is_file():
            missing_count += 1
            continue
        with (root / FILES / name).open("rb") as source, backend().writing(name) as target:
            shutil.copyfileobj(source, target, _CHUNK)
        restored_count += 1
    return RestoredFiles(restored_count, missing_count)


def _copied(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.glob("*/*")}


def _names_of_database() -> list[str]:
    return list(Upload.objects.exclude(stored_as="").values_list("stored_as", flat=True))
