"""Copies of uploaded files go when nothing that can be restored needs them, and what is missing is counted."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.uploads.lifecycle.processing.test_process import CTE_HEADER, LINE
from tidegate.audit.models import Event
from tidegate.uploads.storage.backup_names import ABOUT, name_at
from tidegate.uploads.storage.base_backups import FILES, bases_in
from tidegate.uploads.storage.file_copies import FILE_DELETED, copy_new_files, remove_deleted_files, restore_files
from tidegate.uploads.storage.store import backend, is_kept

FILE = f"{CTE_HEADER}\n{LINE}\n"
STRAY = f"ab/ab{'0' * 30}"


def make_base(root, *, days: float, segment: int = 1, series: str = "2020-01-01T000000Z"):
    """Note a base backup that is so many days old."""
    made_at = datetime.now(UTC) - timedelta(days=days)
    folder = root / series / name_at(made_at)
    folder.mkdir(parents=True)
    about = {"made_at": made_at.isoformat(), "first_segment": f"{1:08X}{0:08X}{segment:08X}"}
    (folder / ABOUT).write_text(json.dumps(about))
    return folder


def copy(root, name: str):
    path = root / FILES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


@pytest.fixture
def root(tmp_path):
    return tmp_path / "point-in-time"


def test_a_copy_that_another_database_needs_stays(db, root):
    make_base(root, days=0)
    stray = copy(root, STRAY)
    copy_new_files(root)
    remove_deleted_files(root)
    assert stray.exists()


def test_a_copy_goes_once_every_base_is_younger_than_its_deletion(db, root):
    deleted = copy(root, STRAY)
    at = datetime.now(UTC) - timedelta(days=2)
    Event.objects.create(act=FILE_DELETED, at=at, details={"stored_as": STRAY})
    Event.objects.create(act=FILE_DELETED, at=at)  # as the release before noted it
    old = make_base(root, days=3)
    make_base(root, days=1, segment=2)
    remove_deleted_files(root)
    assert deleted.exists()
    (old / ABOUT).unlink()
    remove_deleted_files(root)
    assert not deleted.exists()


def test_a_base_from_the_future_lets_no_copy_go(db, root):
    deleted = copy(root, STRAY)
    Event.objects.create(act=FILE_DELETED, at=datetime.now(UTC) - timedelta(days=2), details={"stored_as": STRAY})
    make_base(root, days=-300)
    make_base(root, days=1, segment=2)
    remove_deleted_files(root)
    assert deleted.exists()


def test_base_backups_are_in_the_order_of_the_log(root):
    made = [make_base(root, days=days, segment=segment) for segment, days in enumerate((3, -300, 1))]
    assert [base.folder for base in bases_in(root)] == made


def test_files_that_are_nowhere_are_counted_when_files_are_restored(send, specialist, root):
    copied, missing = (send(FILE, by=specialist).stored_as for _ in range(2))
    copy_new_files(root)
    for name in (copied, missing):
        backend().remove(name)
    (root / FILES / missing).unlink()
    assert restore_files(root) == (1, 1)
    assert (is_kept(copied), is_kept(missing)) == (True, False)
    assert restore_files(root) == (0, 1)
