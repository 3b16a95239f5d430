"""The embedded PostgreSQL is brought back to a moment between two backups."""

import json
import os
import shutil
import signal
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.running.conftest import RunningSystem, a_free_port, held_database, run_python, set_up_demo, wait_for
from tests.running.test_backup import tidegate
from tests.running.test_killed_beneath_serve import children_of
from tidegate.uploads.storage.backup_names import ABOUT
from tidegate.uploads.storage.base_backups import HOME, SLOT, bases_in

STRAY = f"ab/ab{'0' * 30}"
FUTURE = "2100-01-01T000000Z"
NOTE = """
    INSERT INTO audit_event (at, act, person_email, school_year, subject_kind, subject_id, details)
    VALUES (now(), 'reference.exported', '', '', '', %s, '{}')
"""


def note(system: RunningSystem, what: str) -> datetime:
    """Commit something, and return a moment after it."""
    system.connection.execute(NOTE, [what])
    (moment,) = system.ask("SELECT clock_timestamp()")
    return moment


def put_into_future(base: Path) -> None:
    """Let it be as if a clock had been wrong when the base backup was made."""
    about = json.loads((base / ABOUT).read_text()) | {"made_at": "2100-01-01T00:00:00+00:00"}
    (base / "new").write_text(json.dumps(about))
    (base / "new").rename(base / ABOUT)
    base.rename(base.with_name(FUTURE))


def wait_until_received(system: RunningSystem) -> None:
    end = system.ask("SELECT pg_current_wal_lsn()")[0]
    received = "SELECT count(*) FROM pg_stat_replication WHERE write_lsn >= %s::pg_lsn"
    wait_for(lambda: system.ask(received, end)[0], "The log is received")


@pytest.fixture(scope="module")
def kept(system, tmp_path_factory):
    """The folder in which it was kept while things happened, and the moment between two of them."""
    folder = tmp_path_factory.mktemp("backups")
    path = system.data_dir / "demo-files" / "cte.csv"
    stored_as = "SELECT stored_as FROM uploads_upload WHERE id = %s"
    (name,) = system.ask(stored_as, system.send(path, "cte"))
    of_another_database = folder / HOME / "uploads" / STRAY
    of_another_database.parent.mkdir(parents=True)
    of_another_database.touch()
    keeping = system.start("keep-point-in-time", TIDEGATE_BACKUP_DIR=str(folder))
    try:
        wait_for(lambda: bases_in(folder / HOME), "A base backup is made")
        put_into_future(bases_in(folder / HOME)[0].folder)
        wait_for(lambda: len(bases_in(folder / HOME)) == 2, "One from the future puts off no other")
        moment = note(system, "before")
        note(system, "after")
        wait_until_received(system)
        # Other tests leave uploads whose files are gone: this one's file counts.
        wait_for((folder / HOME / "uploads" / name).exists, "The file is copied")
        wanted = {"TIDEGATE_POINT_IN_TIME": "yes", "TIDEGATE_BACKUP_DIR": str(folder), "COLUMNS": "300"}
        said = tidegate("doctor", data_dir=system.data_dir, **wanted).stdout
        assert "well    any moment since " in said, said
        assert f"not well base backups from the future: {FUTURE}: a clock was wrong" in said, said
    finally:
        keeping.terminate()
        keeping.wait(timeout=60)
        system.connection.execute("SELECT pg_drop_replication_slot(%s)", [SLOT])
    return folder, moment


LOOK = """
from tidegate.cli.setup import set_up
set_up()
from tidegate.audit.models import Event
print(sorted(Event.objects.filter(act="reference.exported").values_list("subject_id", flat=True)))
"""


def restore(folder: Path, until: str, data_dir: Path) -> subprocess.CompletedProcess[str]:
    """Restore the moment. Other tests leave uploads whose files are gone, and what is missing is said."""
    restored = tidegate("restore", folder, "--until", until, data_dir=data_dir)
    assert restored.returncode == int(" of uploads missing: neither " in restored.stderr), restored.stderr
    return restored


def test_a_moment_between_two_acts_has_the_first_alone(kept, tmp_path):
    folder, moment = kept
    restored = restore(folder, moment.isoformat(), tmp_path / "data")
    assert f"Restored the state of {moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC (" in restored.stdout
    assert f"{moment.astimezone(ZoneInfo('America/New_York')):%H:%M:%S} in America/New_York)" in restored.stdout
    said = run_python(LOOK, data_dir=tmp_path / "data")
    assert ("'before'" in said, "'after'" in said) == (True, False), said
    copies = {path.name for path in (folder / HOME / "uploads").rglob("*") if path.is_file()}
    files = {path.name for path in (tmp_path / "data" / "uploads").rglob("*") if path.is_file()}
    assert copies - files == {Path(STRAY).name}, "What another database needs is kept, and not restored"
    assert files <= copies


def test_the_last_moment_has_everything_and_a_later_one_is_refused(only_long, kept, tmp_path):
    folder, _ = kept
    refused = tidegate("restore", folder, "--until", "2100-01-01T00:00:00Z", data_dir=tmp_path / "data")
    assert (refused.returncode, "The log ends before this moment" in refused.stderr) == (2, True), refused.stderr
    shutil.copytree(folder, tmp_path / "backups")
    shutil.rmtree(tmp_path / "backups" / HOME / "uploads")
    restored = restore(tmp_path / "backups", "last", tmp_path / "data")
    assert (restored.returncode, "Restored the state of the last moment" in restored.stdout) == (1, True)
    assert "'after'" in run_python(LOOK, data_dir=tmp_path / "data")


def test_a_moment_that_cannot_be_reached_is_refused_before_anything_is_done(kept, system, tmp_path):
    folder, moment = kept
    unreachable = {
        "yesterday": "This is no moment",
        "2020-01-01T00:00:00": "The moment has no offset from UTC",
        "2020-01-01T00:00:00Z": "is younger than this moment",
    }
    for until, said in unreachable.items():
        refused = tidegate("restore", folder, "--until", until, data_dir=tmp_path / "data")
        assert (refused.returncode, said in refused.stderr) == (2, True), refused.stderr
    refused = tidegate("restore", folder, "--until", moment.isoformat(), data_dir=system.data_dir)
    assert (refused.returncode, "There is data already" in refused.stderr) == (2, True), refused.stderr


def test_a_series_from_the_future_goes_on_under_the_time_of_now(kept, system, tmp_path):
    home, settings = tmp_path / HOME, {"TIDEGATE_BACKUP_DIR": str(tmp_path)}
    try:
        for name in ("2100-01-01T000000Z", "now"):
            keeping = system.start("keep-point-in-time", **settings)
            try:
                wait_for(lambda: bases_in(home) and is_received(system), "A base backup is made, and the log received")
                (series,) = home.glob("*Z")
            finally:
                keeping.terminate()
                keeping.wait(timeout=60)
            if name != "now":
                series.rename(series.with_name(name))
    finally:
        system.connection.execute("SELECT pg_drop_replication_slot(%s)", [SLOT])
    assert series.name[:4] == str(datetime.now(UTC).year)
    assert len(bases_in(home)) == 1, "It is the same series: the log has no gap"


def test_a_log_that_the_server_has_not_kept_begins_a_series_anew(only_long, tmp_path):
    """`serve` keeps it; what receives the log is frozen until the server gives up on it, and is killed later."""
    data_dir, folder = tmp_path / "data", tmp_path / "backups"
    with held_database(data_dir) as system:
        set_up_demo(data_dir)
        settings = {"TIDEGATE_POINT_IN_TIME": "yes", "TIDEGATE_BACKUP_DIR": str(folder)}
        server = system.start("serve", "--port", str(a_free_port()), **settings)
        try:
            wait_for(lambda: bases_in(folder / HOME), "A base backup is made")
            wait_for(lambda: is_received(system), "The log is received")
            moment = note(system, "before")
            wait_until_received(system)
            lose_the_log(system, keeper=children_of(server.pid)["keep-point-in-time"])
            wait_for(lambda: len(bases_in(folder / HOME)) == 2, "A new series has a base backup")
            wait_for(lambda: is_received(system), "Its log is received")
            keeper = children_of(server.pid)["keep-point-in-time"]
            os.kill(keeper, signal.SIGKILL)
            wait_for(lambda: children_of(server.pid).get("keep-point-in-time", keeper) != keeper, "It is back")
            wait_for(lambda: is_received(system), "The log is received again")
            note(system, "after")
            wait_until_received(system)
            assert len(list((folder / HOME).glob("*Z"))) == 2, "What was killed goes on with its series"
        finally:
            server.terminate()
            server.wait(timeout=200)
    for until, expected in ((moment.isoformat(), (True, False)), ("last", (True, True))):
        restore(folder, until, tmp_path / until)
        said = run_python(LOOK, data_dir=tmp_path / until)
        assert ("'before'" in said, "'after'" in said) == expected, said


def is_received(system: RunningSystem) -> bool:
    return bool(system.ask("SELECT count(*) FROM pg_replication_slots WHERE slot_name = %s AND active", SLOT)[0])


def lose_the_log(system: RunningSystem, *, keeper: int) -> None:
    """Freeze the program that receives the log until the server keeps it no longer."""
    (receiver,) = Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()
    os.kill(int(receiver), signal.SIGSTOP)
    system.connection.execute("ALTER SYSTEM SET max_slot_wal_keep_size = '16MB'")
    system.connection.execute("SELECT pg_reload_conf()")
    with psycopg.connect(system.url, autocommit=True) as writer:
        for _ in range(4):
            writer.execute("SELECT pg_logical_emit_message(false, 'filler', 'x')")
            writer.execute("SELECT pg_switch_wal()")
        writer.execute("CHECKPOINT")
