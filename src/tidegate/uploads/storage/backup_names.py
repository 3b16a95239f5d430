"""The folder of the backups that are made by themselves: their names say when, and a note says what went wrong."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

ABOUT = "backup.json"
"""What a backup says of itself; without it none is finished."""
GONE = "gone_count"
"""In it: how many files the store had lost."""
FAILURE = "last-failure.json"
UNFINISHED = ".unfinished"
_NAME = "%Y-%m-%dT%H%M%SZ"
_IS_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")


class LastBackups(NamedTuple):
    """When the newest backup was made, and how many files the store had lost by then; and what was said when one failed
    after it."""

    made_at: datetime | None
    gone_count: int
    failure: str


def name_at(moment: datetime) -> str:
    """Return the name of a backup of that moment."""
    return moment.strftime(_NAME)


def backups_in(root: Path) -> list[Path]:
    """Return the finished backups that were made by themselves, the newest last."""
    if not root.is_dir():
        return []
    return sorted(path for path in root.iterdir() if _IS_NAME.fullmatch(path.name) and (path / ABOUT).is_file())


def last_backups(root: Path) -> LastBackups:
    """Return what is known of the last backups in the folder."""
    made = backups_in(root)
    try:
        failure = str(json.loads((root / FAILURE).read_text("utf-8"))["said"])
    except (OSError, ValueError, KeyError):
        failure = ""
    if not made:
        return LastBackups(None, 0, failure)
    return LastBackups(time_of(made[-1]), _gone_count(made[-1]), failure)


def _gone_count(backup: Path) -> int:
    try:
        about = json.loads((backup / ABOUT).read_text("utf-8"))
    except (OSError, ValueError):
        return 0
    # The release before counted none, and left the SHA-256 of what was gone blank.
    return int(about.get(GONE, sum(not sha256 for sha256 in about.get("files", {}).values())))


def time_of(backup: Path) -> datetime:
    """Return when the backup was begun."""
    return datetime.strptime(backup.name, _NAME).replace(tzinfo=UTC)


def unfinished_in(root: Path) -> list[tuple[Path, datetime]]:
    """Return what was begun and is not finished, and when it was begun."""
    named = [(path, path.name.removesuffix(UNFINISHED)) for path in root.glob(f"*{UNFINISHED}")]
    return [(path, time_of(path.with_name(name))) for path, name in named if _IS_NAME.fullmatch(name)]
