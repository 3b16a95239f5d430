"""Keeps what it takes to bring the database back to any moment: base backups, and the write-ahead
log since the oldest.

PostgreSQL's own programs do it, in `point-in-time` below TIDEGATE_BACKUP_DIR: `pg_basebackup` and
`pg_receivewal`. The server keeps the log until it was received (a replication slot), up to a limit.
The uploaded files of the store, which never change, are copied next to it (`file_copies`).
"""

import json
import logging
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from tidegate.audit.record import record_event
from tidegate.core.errors import Refusal
from tidegate.uploads.storage.backup_names import ABOUT, UNFINISHED, is_ahead, name_at
from tidegate.uploads.storage.base_backups import HOME, LOG, SLOT, bases_in, bases_of, name_after, newest_series
from tidegate.uploads.storage.database_programs import run_program, start_program
from tidegate.uploads.storage.file_copies import copy_new_files, remove_deleted_files
from tidegate.uploads.storage.store import StoreAway

_SEGMENT_BYTES = 16 << 20
# What the server keeps for us while nobody receives it: a full disk would be worse than a gap.
_MAX_LOG_KEPT = "4GB"
_LOOK_SECONDS = 2.0
_FILES_SECONDS = 30.0
_END_SECONDS = 5.0
_MAX_SILENT_SECONDS = 30.0
log = logging.getLogger(__name__)


def keep_point_in_time(must_stop: Event) -> None:
    """Keep it up to date until `must_stop` is set. What goes wrong is reported, and tried again."""
    keeping, said_before = _Keeping(Path(settings.TIDEGATE_BACKUP_DIR) / HOME), ""
    try:
        while not must_stop.is_set():
            said = ""
            try:
                keeping.go_on()
            except (Refusal, OSError, DatabaseError, InterfaceError, StoreAway) as error:
                said = error.message if isinstance(error, Refusal) else type(error).__qualname__
            if said and said != said_before:
                log.error("What a point in time needs could not be kept: %s", said)
            said_before = said
            must_stop.wait(_LOOK_SECONDS)
    finally:
        keeping.stop()


class _Keeping:
    """What is being kept now: a series of base backups, and the log without a gap since the first of them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._series: Path | None = None
        self._receiver: subprocess.Popen[bytes] | None = None
        self._files_at = self._heard_at = float("-inf")

    def go_on(self) -> None:
        """Do what is due."""
        close_old_connections()
        if self._series is None or self._has_gap(self._series):
            self._begin_series()
        assert self._series is not None
        if self._receiver is not None and self._is_silent():
            log.warning("The program that receives the log of the database has stopped, and is started again")
            self.stop()
        if self._receiver is None or self._receiver.poll() is not None:
            to = self._series / LOG
            to.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._receiver = start_program("pg_receivewal", f"--directory={to}", f"--slot={SLOT}", "--no-password")
            self._heard_at = time.monotonic()
        made = bases_of(self._series)
        hours = timedelta(hours=settings.TIDEGATE_BACKUP_HOURS)
        if not made or is_ahead(made[-1].made_at) or datetime.now(UTC) - made[-1].made_at >= hours:
            _make_base(self._series)
            _remove_old(self._root)
            remove_deleted_files(self._root)
        if time.monotonic() - self._files_at >= _FILES_SECONDS:
            copy_new_files(self._root)
            self._files_at = time.monotonic()

    def stop(self) -> None:
        """End the program that receives the log; what it has not received yet the server keeps."""
        if self._receiver is not None:
            self._receiver.terminate()
            try:
                self._receiver.wait(timeout=_END_SECONDS)
            except subprocess.TimeoutExpired:  # it is frozen, or its disk hangs
                self._receiver.kill()
                self._receiver.wait()
            self._receiver = None

    def _is_silent(self) -> bool:
        """Return whether the server has not heard for long of the program that receives the log. One that is frozen
        would have it keep the log up to its limit, and then hold up its checkpoints."""
        with connection.cursor() as cursor:
            cursor.execute(_HEARD, [SLOT])
            if cursor.fetchone()[0]:
                self._heard_at = time.monotonic()
        return time.monotonic() - self._heard_at > _MAX_SILENT_SECONDS

    def _begin_series(self) -> None:
        """Go on with the newest series; begin another where there is none, or its log would have a gap."""
        self.stop()
        found = newest_series(self._root)
        if found is None or self._has_gap(found):
            if found is not None:
                log.warning("The log of the database has a gap: no moment of it can be restored. A new series begins")
            found = self._root / name_after(found)
            with connection.cursor() as cursor:
                cursor.execute(f"ALTER SYSTEM SET max_slot_wal_keep_size = '{_MAX_LOG_KEPT}'")
                cursor.execute("SELECT pg_reload_conf()")
                cursor.execute(_DROP_SLOT, [SLOT])
                cursor.execute("SELECT pg_create_physical_replication_slot(%s, true)", [SLOT])
        self._series = found

    def _has_gap(self, series: Path) -> bool:
        """Whether the server has not kept the log for us, or is another: it was restored meanwhile."""
        with connection.cursor() as cursor:
            cursor.execute(_STATE, [SLOT])
            timeline, is_kept = cursor.fetchone()
        made = bases_of(series)
        return not is_kept or (bool(made) and made[-1].timeline != timeline)


_STATE = """
SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),
    EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = %s AND wal_status <> 'lost')
"""
# pg_receivewal tells every ten seconds how far it is.
_HEARD = """
SELECT EXISTS (
    SELECT FROM pg_replication_slots slot JOIN pg_stat_replication receiver ON receiver.pid = slot.active_pid
    WHERE slot_name = %s AND reply_time > clock_timestamp() - interval '15 seconds'
)
"""
_DROP_SLOT = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s"


def _make_base(series: Path) -> None:
    folder = series / name_at(datetime.now(UTC))
    unfinished = folder.with_name(f"{folder.name}{UNFINISHED}")
    for left in series.glob(f"*{UNFINISHED}"):
        shutil.rmtree(left)
    run_program(
        "pg_basebackup", f"--pgdata={unfinished}", "--format=tar", "--gzip", "--wal-method=none",
        "--checkpoint=fast", "--no-password",
    )  # fmt: skip
    (first, *_) = json.loads((unfinished / "backup_manifest").read_text("utf-8"))["WAL-Ranges"]
    about = {
        "made_at": datetime.now(UTC).isoformat(),
        "first_segment": _segment_of(first["Timeline"], first["Start-LSN"]),
    }
    (unfinished / ABOUT).write_text(json.dumps(about), encoding="utf-8")
    unfinished.rename(folder)
    record_event("backup.made", by=None, is_base=True)


def _segment_of(timeline: int, place_in_log: str) -> str:
    high, low = (int(half, 16) for half in place_in_log.split("/"))
    return f"{timeline:08X}{high:08X}{low // _SEGMENT_BYTES:08X}"


def _remove_old(root: Path) -> None:
    """Remove the oldest base backups, and the log that begins before the oldest that stays."""
    for old in bases_in(root)[: -max(1, settings.TIDEGATE_BACKUP_KEEP)]:
        shutil.rmtree(old.folder)
    for series in root.glob("*Z"):
        kept = bases_of(series)
        if not kept:
            shutil.rmtree(series)
            continue
        for segment in (series / LOG).iterdir():
            if segment.name < kept[0].first_segment:
                segment.unlink()
