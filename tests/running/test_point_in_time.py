"""The embedded PostgreSQL is brought back to a moment between two backups."""

from datetime import datetime

import pytest

from tests.running.conftest import RunningSystem, run_python, wait_for
from tests.running.test_backup import tidegate
from tidegate.uploads.storage.base_backups import HOME, SLOT, bases_in

NOTE = """
    INSERT INTO audit_event (at, act, person_email, school_year, subject_kind, subject_id, details)
    VALUES (now(), 'reference.exported', '', '', '', %s, '{}')
"""


def note(system: RunningSystem, what: str) -> datetime:
    """Commit something, and return a moment after it."""
    system.connection.execute(NOTE, [what])
    (moment,) = system.ask("SELECT clock_timestamp()")
    return moment


@pytest.fixture(scope="module")
def kept(system, tmp_path_factory):
    """The folder in which it was kept while things happened, and the moment between two of them."""
    folder = tmp_path_factory.mktemp("backups")
    path = system.data_dir / "demo-files" / "cte.csv"
    stored_as = "SELECT stored_as FROM uploads_upload WHERE id = %s"
    (name,) = system.ask(stored_as, system.send(path, "cte"))
    keeping = system.start("keep-point-in-time", TIDEGATE_BACKUP_DIR=str(folder))
    try:
        wait_for(lambda: bases_in(folder / HOME), "A base backup is made")
        moment = note(system, "before")
        note(system, "after")
        end = system.ask("SELECT pg_current_wal_lsn()")[0]
        received = "SELECT count(*) FROM pg_stat_replication WHERE write_lsn >= %s::pg_lsn"
        wait_for(lambda: system.ask(received, end)[0], "The log is received")
        # Other tests leave uploads whose files are gone: this one's file counts.
        wait_for((folder / HOME / "uploads" / name).exists, "The file is copied")
        wanted = {"TIDEGATE_POINT_IN_TIME": "yes", "TIDEGATE_BACKUP_DIR": str(folder), "COLUMNS": "300"}
        assert "well    any moment since " in tidegate("doctor", data_dir=system.data_dir, **wanted).stdout
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


def test_a_moment_between_two_acts_has_the_first_alone(kept, tmp_path):
    folder, moment = kept
    restored = tidegate("restore", folder, "--until", moment.isoformat(), data_dir=tmp_path / "data")
    assert restored.returncode == 0, restored.stderr
    said = run_python(LOOK, data_dir=tmp_path / "data")
    assert ("'before'" in said, "'after'" in said) == (True, False), said
    files = {path.name for path in (tmp_path / "data" / "uploads").rglob("*") if path.is_file()}
    assert files == {path.name for path in (folder / HOME / "uploads").rglob("*") if path.is_file()}


def test_the_last_moment_has_everything_and_a_later_one_is_refused(only_long, kept, tmp_path):
    folder, _ = kept
    refused = tidegate("restore", folder, "--until", "2100-01-01T00:00:00Z", data_dir=tmp_path / "data")
    assert (refused.returncode, "The log ends before this moment" in refused.stderr) == (2, True), refused.stderr
    restored = tidegate("restore", folder, "--until", "last", data_dir=tmp_path / "data")
    assert restored.returncode == 0, restored.stderr
    assert "'after'" in run_python(LOOK, data_dir=tmp_path / "data")


def test_a_moment_that_cannot_be_reached_is_refused_before_anything_is_done(kept, system, tmp_path):
    folder, moment = kept
    for until, said in (("yesterday", "This is no moment"), ("2020-01-01", "is younger than this moment")):
        refused = tidegate("restore", folder, "--until", until, data_dir=tmp_path / "data")
        assert (refused.returncode, said in refused.stderr) == (2, True), refused.stderr
    refused = tidegate("restore", folder, "--until", moment.isoformat(), data_dir=system.data_dir)
    assert (refused.returncode, "There is data already" in refused.stderr) == (2, True), refused.stderr
