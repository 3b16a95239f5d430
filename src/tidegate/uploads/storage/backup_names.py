"""The folder of the backups that are made by themselves: their names say when, and a note says what went wrong.

A name from the future was given while a clock was wrong. Nobody knows how old that backup is, so it counts for nothing:
none is put off or removed on its account.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

ABOUT = "backup.json"
"""What a backup says of itself; without it none is finished."""
GONE = "gone_count"
"""In it: how many files the store had lost."""
FAILURE = "last-failure.json"
UNFINISHED = ".unfinished"
_NAME = "%Y-%m-%dT%H%M%SZ"
# The clocks of two machines differ by less.
_MAX_AHEAD = timedelta(minutes=10)
_IS_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")


class LastBackups(NamedTuple):
    """When the newest backup was made, and how many files the store had lost by then; what was said when one failed
    after it; and the names of those from the future."""

    made_at: datetime | None
    gone_count: int
    failure: str
    from_future: list[str]


def name_at(moment: datetime) -> str:
    """Return the name of a backup of that moment."""
    return moment.strftime(_NAME)


def backups_in(root: Path) -> list[Path]:
    """Return the finished backups that were made by themselves, the newest last, without those from the future."""
    return [path for path in finished_in(root) if not is_ahead(time_of(path))]


def finished_in(root: Path) -> list[Path]:
    """Return the finished backups in the order of their names, whatever these say."""
    if not root.is_dir():
        return []
    return sorted(path for path in root.iterdir() if _IS_NAME.fullmatch(path.name) and (path / ABOUT).is_file())


def is_ahead(moment: datetime) -> bool:
    """Whether the moment is in the future, by more than clocks differ."""
    return moment > datetime.now(UTC) + _MAX_AHEAD


def last_backups(root: Path) -> LastBackups:
    """Return what is known of the last backups in the folder."""
    made = backups_in(root)
    try:
        failure = str(json.loads((root / FAILURE).read_text("utf-8"))["said"])
    except (OSError, ValueError, KeyError):
        failure = ""
    from_future = [path.name for path in finished_in(root) if is_ahead(time_of(path))]
    if not made:
        return LastBackups(None, 0, failure, from_future)
    return LastBackups(time_of(made[-1]), _gone_count(made[-1]), failure, from_future)


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
