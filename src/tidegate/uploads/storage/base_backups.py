"""The folder of base backups and of the write-ahead log, from which the database can be brought back to any moment.

`point-in-time` below TIDEGATE_BACKUP_DIR has a folder for each series of base backups between which the log has no gap.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tidegate.uploads.storage.backup_names import ABOUT, finished_in, is_ahead, name_at, time_of

HOME, LOG, FILES = "point-in-time", "log", "uploads"
SLOT = "tidegate_point_in_time"
"""The replication slot, for which the server keeps its log until it was received."""


class Base(NamedTuple):
    """A base backup: its folder, when it was whole, and the segment of the log with which it
    begins. The log that goes on from it lies next to it."""

    folder: Path
    made_at: datetime
    first_segment: str

    @property
    def timeline(self) -> str:
        """The history of the database that it belongs to: one that was restored begins another."""
        return self.first_segment[:8]

    @property
    def log(self) -> Path:
        """The folder of the log."""
        return self.folder.parent / LOG


def bases_in(root: Path) -> list[Base]:
    """Return the base backups that are whole, the newest last."""
    return [base for series in sorted(root.glob("*Z")) for base in bases_of(series)]


def bases_of(series: Path) -> list[Base]:
    """Return those of one series, in the order of the log: a clock may have been wrong, and a name with it."""
    abouts = [(folder, json.loads((folder / ABOUT).read_text("utf-8"))) for folder in finished_in(series)]
    made = [Base(folder, datetime.fromisoformat(about["made_at"]), about["first_segment"]) for folder, about in abouts]
    return sorted(made, key=lambda base: (base.first_segment, base.made_at))


def newest_series(root: Path) -> Path | None:
    """Return the newest series; one from the future gets the name of now, so that a later one will be newer. It keeps
    its own where an older series would be newer then: the clock is wrong now, and was not when they began."""
    series = sorted(root.glob("*Z"))
    if not series:
        return None
    *older, found = series
    name = name_at(datetime.now(UTC) - timedelta(seconds=1))
    if is_ahead(time_of(found)) and all(path.name < name for path in older):
        return found.rename(root / name)
    return found


def name_after(series: Path | None) -> str:
    """Return the name of a series that begins now, which is newer than this one whatever the clock says."""
    now = datetime.now(UTC)
    return name_at(now if series is None else max(now, time_of(series) + timedelta(seconds=1)))
