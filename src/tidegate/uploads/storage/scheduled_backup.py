"""Scheduled backups: one every TIDEGATE_BACKUP_HOURS; the newest TIDEGATE_BACKUP_KEEP are kept."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from tidegate.core.errors import Refusal
from tidegate.uploads.storage.backup import back_up
from tidegate.uploads.storage.backup_names import FAILURE, UNFINISHED, backups_in, name_at, time_of, unfinished_in

# An unfinished backup that is older was left by a worker that was killed.
_MAX_DAYS_UNFINISHED = 1


def back_up_when_due() -> dict[str, Any] | None:
    """Make a backup where the newest one is TIDEGATE_BACKUP_HOURS old, remove those over
    TIDEGATE_BACKUP_KEEP, and return what the backup says of itself; None where none is due. A
    failure is noted next to the backups and raised."""
    root, now = Path(settings.TIDEGATE_BACKUP_DIR), datetime.now(UTC)
    made = backups_in(root)
    if made and now - time_of(made[-1]) < timedelta(hours=settings.TIDEGATE_BACKUP_HOURS):
        return None
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        _remove_unfinished(root, now)
        about = back_up(root / name_at(now))
    except Exception as error:
        shutil.rmtree(root / f"{name_at(now)}{UNFINISHED}", ignore_errors=True)  # the next try needs the room
        said = error.message if isinstance(error, Refusal) else f"it ended with {type(error).__qualname__}"
        _note_failure(root, said, now)
        raise
    (root / FAILURE).unlink(missing_ok=True)
    for old in backups_in(root)[: -max(1, settings.TIDEGATE_BACKUP_KEEP)]:
        shutil.rmtree(old)
    return about


def _remove_unfinished(root: Path, now: datetime) -> None:
    """Remove what a worker has left that was killed while it wrote a backup."""
    for path, begun in unfinished_in(root):
        if now - begun > timedelta(days=_MAX_DAYS_UNFINISHED):
            shutil.rmtree(path, ignore_errors=True)


def _note_failure(root: Path, said: str, now: datetime) -> None:
    """Note it where `tidegate doctor` looks; where the folder itself is the trouble, the age of the backups says it."""
    try:
        (root / FAILURE).write_text(json.dumps({"said": said, "at": now.isoformat()}), encoding="utf-8")
    except OSError:
        return
