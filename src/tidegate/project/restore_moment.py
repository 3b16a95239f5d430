"""Brings the embedded PostgreSQL of a new data folder to a moment: a base backup, and the log that goes on from it."""

import shutil
import subprocess
import tarfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tidegate.core.errors import Refusal
from tidegate.project.database import embedded_postgres
from tidegate.project.socket_folder import socket_folder
from tidegate.uploads.storage.base_backups import Base, bases_in

_SETTINGS = "postgresql.auto.conf"
# Of the server that was backed up: what it has said, the processes that used it, and the lock of
# its socket.
_FILES_NOT_RESTORED = ("log", ".handle_pids.json", ".s.PGSQL.5432.lock")
_PARTIAL = ".partial"
_NEW = ".restoring"


def restore_database(root: Path, moment: datetime | None, *, to: Path) -> Base:
    """Make the folder `to` of a server as the database was at the moment, or at the end of the log, and return the base
    backup that it was made of.

    A Refusal where there is a server already, no base backup is as old, or the log ends before.
    """
    if to.exists():
        raise Refusal(
            "There is data already, and a restore would mix with it", fix="Restore into a new data folder",
            code="NOT_EMPTY",
        )  # fmt: skip
    base = _newest_before(root, moment)
    unfinished = to.with_name(f"{to.name}{_NEW}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, mode=0o700)
    try:
        _lay_out(base, moment, unfinished)
        _recover(unfinished)
        unfinished.rename(to)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return base


def _newest_before(root: Path, moment: datetime | None) -> Base:
    bases = bases_in(root)
    if not bases:
        raise Refusal(
            "There is no base backup", fix="Name the folder that TIDEGATE_BACKUP_DIR was, with TIDEGATE_POINT_IN_TIME",
            code="NO_BACKUP",
        )  # fmt: skip
    before = [base for base in bases if moment is None or base.made_at <= moment]
    if not before:
        first = min(base.made_at for base in bases).isoformat(timespec="seconds")
        raise Refusal("The oldest base backup is younger than this moment", fix=f"Name a moment after {first}")
    return before[-1]


def _lay_out(base: Base, moment: datetime | None, folder: Path) -> None:
    """Put the base backup and the log into the folder, with what the server is to do with them."""
    with tarfile.open(base.folder / "base.tar.gz") as tar:
        tar.extractall(folder, filter="data")
    for name in _FILES_NOT_RESTORED:
        (folder / name).unlink(missing_ok=True)
    for segment in base.log.iterdir():
        name = segment.name.removesuffix(_PARTIAL)
        if name >= base.first_segment and name.startswith(base.timeline):
            shutil.copyfile(segment, folder / "pg_wal" / name)
    (folder / "recovery.signal").touch()
    settings = ["restore_command = 'false'", "recovery_target_timeline = 'current'"]  # all of the log is there
    if moment is not None:
        settings += [f"recovery_target_time = '{moment.astimezone(UTC).isoformat()}'"]
        settings += ["recovery_target_action = 'promote'"]
    with (folder / _SETTINGS).open("a", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in settings))


def _recover(folder: Path) -> None:
    """Let the server go through the log, and stop it."""
    module = embedded_postgres()
    server = module.PostgresServer(folder)
    if server.system_user is not None:
        for path in [folder, *folder.rglob("*")]:
            shutil.chown(path, server.system_user)
    sockets = socket_folder(folder, folder)
    if server.system_user is not None:
        server.ensure_pgdata_inited()  # others may pass through the folders above
        _open_to(sockets, server.system_user, suppressed_by=folder)
    run = _Program(module, server)
    before = (folder / _SETTINGS).read_text("utf-8")
    try:
        run("start", "-w", "-t", "1000000", "-l", str(folder / "log"), "-o", f'-h "" -k {sockets}')
        _wait_until_recovered(str(sockets), folder)
    except subprocess.SubprocessError:
        raise _not_reached(folder) from None
    finally:
        run("stop", "-w", "-m", "fast", may_fail=True)
    kept = [line for line in before.splitlines() if not line.startswith(("restore_command", "recovery_target"))]
    (folder / _SETTINGS).write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")


class _Program:
    """`pg_ctl` of one server."""

    def __init__(self, module: Any, server: Any) -> None:
        self._module, self._server = module, server

    def __call__(self, act: str, *arguments: str, may_fail: bool = False) -> None:
        try:
            self._module.pgexec(
                "pg_ctl", (act, "-D", str(self._server.pgdata), *arguments),
                bin_path=self._server.bin_path, user=self._server.system_user,
            )  # fmt: skip
        except subprocess.SubprocessError:
            if not may_fail:
                raise


def _open_to(sockets: Path, user: str, *, suppressed_by: Path) -> None:
    if sockets != suppressed_by:
        sockets.parent.chmod(0o711)
        shutil.chown(sockets, user)


def _wait_until_recovered(host: str, folder: Path) -> None:
    """Wait until the server is at the moment. It ends by itself where the log does not reach as far."""
    import psycopg

    while True:
        try:
            with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as connection:
                answer = connection.execute("SELECT pg_is_in_recovery()").fetchone()
        except psycopg.OperationalError:
            if not (folder / "postmaster.pid").exists():
                raise _not_reached(folder) from None
            answer = None
        if answer == (False,):
            return
        time.sleep(0.2)


def _not_reached(folder: Path) -> Refusal:
    said = (folder / "log").read_text("utf-8", errors="replace") if (folder / "log").exists() else ""
    if "recovery ended before configured recovery target was reached" in said:
        fix = "Name an earlier moment, or the last one with --until last"
        return Refusal("The log ends before this moment", fix=fix)
    return Refusal("The database could not be brought to this moment", fix="Try an earlier moment, or another backup")
