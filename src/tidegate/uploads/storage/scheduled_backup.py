"""Scheduled backups: one every TIDEGATE_BACKUP_HOURS; the newest TIDEGATE_BACKUP_KEEP are kept."""

import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from tidegate.core.errors import Refusal
from tidegate.uploads.storage.backup import FILES, back_up, gone_files
from tidegate.uploads.storage.backup_names import FAILURE, UNFINISHED, backups_in, name_at, time_of, unfinished_in

# An unfinished backup that is older was left by a worker that was killed.
_MAX_DAYS_UNFINISHED = 1


def back_up_when_due() -> dict[str, Any] | None:
    """Make a backup where the newest one is TIDEGATE_BACKUP_HOURS old, remove those over
    TIDEGATE_BACKUP_KEEP, and return what the backup says of itself; None where none is due. A
    failure is noted next to the backups and raised, and none is removed: also where the backup was
    made, and lacks files that an earlier one has."""
    root, now = Path(settings.TIDEGATE_BACKUP_DIR), datetime.now(UTC)
    made = backups_in(root)
    if made and now - time_of(made[-1]) < timedelta(hours=settings.TIDEGATE_BACKUP_HOURS):
        return None
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        _remove_unfinished(root, now)
        about = back_up(root / name_at(now))
        _refuse_lost_files(about, made)
    except Exception as error:
        shutil.rmtree(root / f"{name_at(now)}{UNFINISHED}", ignore_errors=True)  # the next try needs the room
        said = error.message if isinstance(error, Refusal) else f"it ended with {type(error).__qualname__}"
        _note_failure(root, said, now)
        raise
    (root / FAILURE).unlink(missing_ok=True)
    for old in backups_in(root)[: -max(1, settings.TIDEGATE_BACKUP_KEEP)]:
        shutil.rmtree(old)
    return about


def _refuse_lost_files(about: Mapping[str, Any], earlier: Sequence[Path]) -> None:
    """Raise a Refusal where the store has lost files that an earlier backup has, which may be the last to have them."""
    lost = [name for name in gone_files(about) if any((backup / FILES / name).is_file() for backup in earlier)]
    if lost:
        files = "1 file is" if len(lost) == 1 else f"{len(lost):,} files are"
        raise Refusal(
            f"{files} gone from the store that an earlier backup has, such as {lost[0]}",
            fix="Copy them from its folder `uploads` into the store; until then no backup is removed",
            code="FILES_GONE",
        )


def _remove_unfinished(root: Path, now: datetime) -> None:
    """Remove what a worker has left that was killed while it wrote a backup."""
    for path, begun in unfinished_in(root):
        if abs(now - begun) > timedelta(days=_MAX_DAYS_UNFINISHED):
            shutil.rmtree(path, ignore_errors=True)


def _note_failure(root: Path, said: str, now: datetime) -> None:
    """Note it where `tidegate doctor` looks; where the folder itself is the trouble, the age of the backups says it."""
    try:
        (root / FAILURE).write_text(json.dumps({"said": said, "at": now.isoformat()}), encoding="utf-8")
    except OSError:
        return
