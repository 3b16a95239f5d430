"""Backups: the database and the store in one folder, with a hash of everything that a restore is compared by."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from tidegate.audit.record import record_event
from tidegate.core.errors import Refusal
from tidegate.records.state_hash import whole_hash
from tidegate.uploads.models import Upload
from tidegate.uploads.storage.backup_names import ABOUT, GONE, UNFINISHED
from tidegate.uploads.storage.database_programs import run_program
from tidegate.uploads.storage.store import StoreAway, answers, backend, is_name, refuse_absent_folder

FILES = "uploads"
"""The folder of the uploaded files in a backup."""
_DUMP = "database.dump"
_CHUNK = 1 << 20


def back_up(folder: Path) -> dict[str, Any]:
    """Write the database and the uploaded files into `folder` and return what the backup says of itself.

    People may go on working: everything is of one moment. A Refusal where the folder holds something already, StoreAway
    where the uploaded files cannot be reached.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Refusal("The folder is not empty", fix="Name a new folder for each backup", code="NOT_EMPTY")
    _refuse_absent_store()
    unfinished = folder.with_name(f"{folder.name}{UNFINISHED}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, mode=0o700)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        # Nothing is said in this session while pg_dump runs, however long that takes, and a worker's has limits.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        run_program("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={unfinished / _DUMP}")
        about: dict[str, Any] = {
            "made_at": timezone.now().isoformat(),
            "app_version": version("tidegate"),
            "whole_hash": whole_hash(),
            "dump_sha256": _sha256(unfinished / _DUMP),
            "files": {name: _copy(name, unfinished / FILES) for name in _kept_files()},
        }
    about[GONE] = len(gone_files(about))
    _refuse_absent_store(lacks_file=about[GONE] > 0)  # what has gone away meanwhile is not lost
    (unfinished / ABOUT).write_text(json.dumps(about, indent=1), encoding="utf-8")
    if folder.exists():
        folder.rmdir()
    unfinished.rename(folder)
    record_event("backup.made", by=None, whole_hash=about["whole_hash"], files=len(about["files"]))
    return about


def restore(folder: Path) -> dict[str, Any]:
    """Bring a backup into an empty database and an empty store, compare both with what the backup says of itself, and
    return that. A Refusal where there is something already, or something of the backup is missing or was changed."""
    about = _read_about(folder)
    if _table_count() or not backend().is_empty():
        raise Refusal(
            "There is data already, and a restore would mix with it",
            fix="Restore into a new data folder or a new database",
            code="NOT_EMPTY",
        )
    kept = {name: sha256 for name, sha256 in about["files"].items() if sha256}
    _check_undamaged(folder, {f"{FILES}/{name}": sha256 for name, sha256 in kept.items()})
    _check_undamaged(folder, {_DUMP: about["dump_sha256"]})
    run_program("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", str(folder / _DUMP))
    backend().begin()
    for name in kept:
        with (folder / FILES / name).open("rb") as source, backend().writing(name) as target:
            shutil.copyfileobj(source, target, _CHUNK)
    # A release before the audit log had events about backups took them into the hash.
    if about["whole_hash"] != whole_hash() and about["whole_hash"] != whole_hash(with_copies=True):
        raise _damaged()
    return about


def _check_undamaged(folder: Path, digests: dict[str, str]) -> None:
    """Raise a Refusal where a file of the backup is missing or was changed, before anything is restored."""
    for name, sha256 in digests.items():
        if not (folder / name).is_file() or _sha256(folder / name) != sha256:
            raise _damaged()


def _kept_files() -> list[str]:
    return list(Upload.objects.exclude(stored_as="").order_by("pk").values_list("stored_as", flat=True))


def gone_files(about: Mapping[str, Any]) -> list[str]:
    """Return the files that a backup lacks and uploads still name: the store has lost them. What retention has deleted
    since the moment of the backup is none of them."""
    lacking = [name for name, sha256 in about["files"].items() if not sha256]
    return list(Upload.objects.filter(stored_as__in=lacking).order_by("pk").values_list("stored_as", flat=True))


def _refuse_absent_store(*, lacks_file: bool = False) -> None:
    if not answers():
        raise StoreAway
    refuse_absent_folder(lacks_file=lacks_file)


def _copy(name: str, to: Path) -> str:
    """Copy a stored file as it lies there, encrypted or not, and return its SHA-256; blank where it is gone: retention
    has deleted it meanwhile, or it was lost."""
    (to / name).parent.mkdir(parents=True, exist_ok=True)
    try:
        with backend().reading(name) as source, (to / name).open("xb") as target:
            shutil.copyfileobj(source, target, _CHUNK)
    except FileNotFoundError:
        return ""
    return _sha256(to / name)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_about(folder: Path) -> dict[str, Any]:
    no_backup = Refusal("This is no backup", fix="Name a folder that tidegate backup has written", code="NO_BACKUP")
    try:
        about: dict[str, Any] = json.loads((folder / ABOUT).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise no_backup from error
    if not isinstance(about, dict) or not {"made_at", "whole_hash", "dump_sha256", "files"} <= about.keys():
        raise no_backup
    if not all(map(is_name, about["files"])):
        raise _damaged()
    return about


def _damaged() -> Refusal:
    return Refusal(
        "The backup was damaged or changed: it is not what was backed up",
        fix="Take another backup, and restore it into a new data folder or a new database",
        code="DAMAGED",
    )


def _table_count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")
        count: int = cursor.fetchone()[0]
    return count
