"""A backup of a running system is restored elsewhere, and the state hash is the same."""

import json
import os
import shutil
import subprocess

import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.forked_command import run_command, run_python
from tests.running.conftest import environment_of, held_database
from tests.uploads.storage.object_servers import on_disk
from tidegate.uploads.storage.backup_names import backups_in, last_backups


def tidegate(*arguments, data_dir, **settings: str) -> subprocess.CompletedProcess:
    return run_command(arguments, env=environment_of(data_dir) | settings)


@pytest.fixture
def empty(system, request):
    """The settings that lead to an empty database, on the server that runs already: another one takes its time."""
    name = f"empty_{abs(hash(request.node.name))}"
    system.connection.execute(f"CREATE DATABASE {name}")
    return {"TIDEGATE_DATABASE_URL": system.url.replace("/tidegate?", f"/{name}?")}


@pytest.fixture(scope="module")
def backup(system, tmp_path_factory):
    folder = tmp_path_factory.mktemp("backups") / "tonight"
    run = tidegate("backup", folder, data_dir=system.data_dir)
    assert run.returncode == 0, run.stderr
    return folder


@pytest.fixture(scope="module")
def elsewhere(backup, tmp_path_factory):
    """The data folder into which the backup is restored."""
    data_dir = tmp_path_factory.mktemp("restored") / "elsewhere"
    restored = tidegate("restore", backup, data_dir=data_dir)
    assert restored.returncode == 0, restored.stderr
    return data_dir


def test_a_backup_and_a_restore_leave_an_event_each(system, backup, elsewhere):
    whole_hash = json.loads((backup / "backup.json").read_text())["whole_hash"]
    count = system.ask(
        "SELECT count(*) FROM audit_event WHERE act = 'backup.made' AND details ->> 'whole_hash' = %s", whole_hash
    )
    assert count[0] >= 1
    code = (
        "from tidegate.cli.setup import set_up; set_up()\n"
        "from tidegate.audit.models import Event\n"
        "print(*Event.objects.filter(act='database.restored').values_list('details__whole_hash', flat=True))"
    )
    assert run_python(code, env=environment_of(elsewhere)).stdout.strip() == whole_hash


def test_a_backup_is_restored_with_the_same_state_hash_and_every_file(system, backup, elsewhere):
    hashes = [tidegate("state-hash", data_dir=folder).stdout for folder in (system.data_dir, elsewhere)]
    assert hashes[0] == hashes[1] != ""
    whole = tidegate("state-hash", "--whole", data_dir=elsewhere).stdout.strip()
    assert whole == json.loads((backup / "backup.json").read_text())["whole_hash"]
    key = "receipt-key.pem"  # heads are signed with it, and a backup holds no key
    (elsewhere / key).write_bytes((system.data_dir / key).read_bytes())
    verified = tidegate("verify-audit", data_dir=elsewhere)
    assert (verified.returncode, "faults" in verified.stdout) == (0, False), verified.stdout
    files = [
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (backup / "uploads", elsewhere / "uploads")
    ]
    assert files[0] == files[1] != {}


def test_a_backup_is_restored_into_the_older_postgresql_it_was_made_of(backup, tmp_path):
    with held_database(tmp_path / "old", PGSERVER_POSTGRES_VERSION="16") as old:
        assert old.ask("SHOW server_version_num")[0].startswith("16")
        for order in (
            "ALTER SYSTEM SET fsync = off",
            "SELECT pg_reload_conf()",
            "CREATE DATABASE a",
            "CREATE DATABASE b",
        ):
            old.connection.execute(order)
        urls = {name: old.url.replace("/tidegate?", f"/{name}?") for name in ("tidegate", "a", "b")}
        environments = {name: {"TIDEGATE_DATABASE_URL": url} for name, url in urls.items()}
        for command in (["migrate"], ["backup", tmp_path / "backup"]):
            run = tidegate(*command, data_dir=tmp_path / "old", **environments["tidegate"])
            assert run.returncode == 0, run.stderr
        restored = tidegate("restore", tmp_path / "backup", data_dir=tmp_path / "a", **environments["a"])
        assert restored.returncode == 0, restored.stderr
        # what a newer one has made can be read by no program that an older server understands
        refused = tidegate("restore", backup, data_dir=tmp_path / "b", **environments["b"])
    assert refused.returncode == 2
    assert refused.stderr.startswith("This database needs pg_restore 16, which cannot read"), refused.stderr


def test_a_program_is_told_all_that_the_url_says_unseen_the_password(system, tmp_path):
    told, program = tmp_path / "told", tmp_path / "bin" / "pg_dump"
    program.parent.mkdir()
    version = int(system.ask("SHOW server_version_num")[0]) // 10_000
    program.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && echo "pg_dump (PostgreSQL) {version}.1 (Debian)" && exit\n'
        f'printf "%s\\n" "$@" "environment: $PGPASSWORD" > "{told}"\nexit 1\n'
    )
    program.chmod(0o755)
    said = "&sslmode=verify-full&sslrootcert=/etc/ca.pem&sslcert=/etc/me.pem&options=-c%20work_mem%3D8MB"
    url = system.url.replace("postgres:@", "postgres:hush@") + said  # a socket needs no certificate
    path = f"{program.parent}:{os.environ['PATH']}"
    run = tidegate("backup", tmp_path / "b", data_dir=system.data_dir, PATH=path, TIDEGATE_DATABASE_URL=url)
    assert "pg_dump did not succeed" in run.stderr, run.stderr
    *arguments, environment = told.read_text().splitlines()
    (address,) = (each.removeprefix("--dbname=") for each in arguments if each.startswith("--dbname="))
    assert conninfo_to_dict(address) == {k: v for k, v in conninfo_to_dict(url).items() if k != "password"}
    assert "hush" not in " ".join(arguments)
    assert environment == "environment: hush"


def test_a_restore_never_mixes_with_data_that_is_there(system, backup):
    refused = tidegate("restore", backup, data_dir=system.data_dir)
    assert (refused.returncode, "There is data already" in refused.stderr) == (2, True)


@pytest.mark.parametrize("what", ["a file", "the database", "a name that leads elsewhere"])
def test_a_backup_that_was_changed_is_refused_before_anything_is_restored(backup, empty, tmp_path, what):
    about = json.loads((backup / "backup.json").read_text())
    changed = tmp_path / "changed"
    subprocess.run(["cp", "-r", str(backup), str(changed)], check=True)
    if what == "a name that leads elsewhere":
        (changed / "backup.json").write_text(json.dumps(about | {"files": {"../../outside": "0" * 64}}))
    else:
        name = "database.dump" if what == "the database" else f"uploads/{next(iter(about['files']))}"
        with (changed / name).open("r+b") as file:
            file.seek(-1, 2)
            file.write(b"\x01")
    refused = tidegate("restore", changed, data_dir=tmp_path / "elsewhere", **empty)
    assert (refused.returncode, "was damaged or changed" in refused.stderr) == (2, True)
    assert not (tmp_path / "elsewhere" / "uploads").exists()


def test_a_backup_needs_a_new_folder_and_a_restore_a_backup(system, backup, empty, tmp_path):
    assert "The folder is not empty" in tidegate("backup", backup, data_dir=system.data_dir).stderr
    assert "This is no backup" in tidegate("restore", tmp_path, data_dir=tmp_path / "elsewhere", **empty).stderr


def test_a_file_that_is_gone_from_the_store_costs_no_backup(system, empty, tmp_path):
    name = system.ask("SELECT stored_as FROM uploads_upload WHERE stored_as <> '' ORDER BY id LIMIT 1")[0]
    stored = system.data_dir / "uploads" / name
    stored.rename(tmp_path / "gone")
    try:
        made = tidegate("backup", tmp_path / "backup", data_dir=system.data_dir)
    finally:
        (tmp_path / "gone").rename(stored)
    assert (made.returncode, "Not in the store any more" in made.stderr) == (0, True), made.stderr
    assert not json.loads((tmp_path / "backup" / "backup.json").read_text())["files"][name]
    restored = tidegate("restore", tmp_path / "backup", data_dir=tmp_path / "elsewhere", **empty)
    assert restored.returncode == 0, restored.stderr
    assert "The backup was made without " in restored.stdout
    assert not (tmp_path / "elsewhere" / "uploads" / name).exists()


def test_a_drill_restores_elsewhere_compares_the_hash_and_leaves_nothing(system, backup, tmp_path):
    temporary = tmp_path / ("a folder's long name " * 6)  # a socket cannot have such a path
    temporary.mkdir()
    folders = {"TMPDIR": str(temporary), "TIDEGATE_BACKUP_DIR": str(tmp_path / "b")}
    of_migrate = {"TIDEGATE_PROGRAM_ROLE": "tidegate"}  # Compose's `migrate` has it; the drill's own database has not
    (tmp_path / "b").mkdir()
    shutil.copytree(backup, tmp_path / "b" / "2020-11-24T030000Z")
    run = tidegate("restore-drill", data_dir=system.data_dir, **folders, **of_migrate)
    assert run.returncode == 0, run.stderr
    assert json.loads((backup / "backup.json").read_text())["whole_hash"] in run.stdout
    assert "The drill with 2020-11-24T030000Z took " in run.stdout
    assert list(temporary.glob("tidegate-drill-*")) == []


def test_a_drill_with_a_damaged_backup_ends_with_2(backup, tmp_path):
    shutil.copytree(backup, tmp_path / "changed")
    with (tmp_path / "changed" / "database.dump").open("ab") as dump:
        dump.write(b"\x01")
    refused = tidegate("restore-drill", tmp_path / "changed", data_dir=tmp_path / "elsewhere")
    assert (refused.returncode, "was damaged or changed" in refused.stderr) == (2, True), refused.stderr
    refused = tidegate("restore-drill", data_dir=tmp_path / "elsewhere")
    assert (refused.returncode, "There is no backup" in refused.stderr) == (2, True), refused.stderr


SCHEDULED = """
import sys
from tidegate.cli.setup import set_up
set_up()
from tidegate.core.errors import Refusal
from tidegate.uploads.storage.scheduled_backup import back_up_when_due
from django.conf import settings
made = [bool(back_up_when_due())]
if sys.argv[1] == "lost files":
    import time
    from tidegate.uploads.models import Upload
    store = settings.TIDEGATE_UPLOADS_DIR
    named = Upload.objects.exclude(stored_as="").values_list("stored_as", flat=True)
    settings.TIDEGATE_BACKUP_HOURS = 0
    for lost, was_once_begun in (
        (store, False), (store, True), (next(store / name for name in named if (store / name).is_file()), False)
    ):
        time.sleep(1)
        lost.rename(store.with_name("elsewhere"))
        if was_once_begun:
            (lost / "arriving").mkdir(parents=True)
        try:
            back_up_when_due()
        except Refusal as refusal:
            made.append(refusal.code)
        finally:
            if was_once_begun:
                (lost / "arriving").rmdir()
            store.with_name("elsewhere").rename(lost)
elif sys.argv[1] == "a full disk":
    import resource, signal, time
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    time.sleep(1)
    settings.TIDEGATE_BACKUP_HOURS = 0
    try:
        back_up_when_due()
    except (Refusal, OSError):
        made.append("failed")
else:
    import time
    made.append(bool(back_up_when_due()))
    time.sleep(1)  # a backup is named by its second
    settings.TIDEGATE_BACKUP_HOURS = 0
    made.append(bool(back_up_when_due()))
print(made)
"""


def scheduled(what, folder, system) -> str:
    environment = environment_of(system.data_dir) | {"TIDEGATE_BACKUP_DIR": str(folder), "TIDEGATE_BACKUP_KEEP": "1"}
    return run_python(SCHEDULED, [what], env=environment).stdout.strip()


def test_a_backup_is_made_when_one_is_due_and_the_oldest_goes(system, tmp_path):
    assert scheduled("backups", tmp_path / "nightly", system) == "[True, False, True]"
    assert len(backups_in(tmp_path / "nightly")) == 1
    assert last_backups(tmp_path / "nightly").failure == ""


def test_a_backup_that_failed_costs_none_that_is_there_and_doctor_says_it(system, tmp_path):
    assert scheduled("a full disk", tmp_path, system) == "[True, 'failed']"
    assert (len(backups_in(tmp_path)), list(tmp_path.glob("*.unfinished"))) == (1, [])
    said = tidegate("doctor", data_dir=system.data_dir, TIDEGATE_BACKUP_DIR=str(tmp_path), COLUMNS="300").stdout
    assert "not well the last backup is 0 hours old: the last one failed: " in said, said


def test_files_that_an_earlier_backup_has_are_missed_and_it_stays(system, tmp_path):
    assert scheduled("lost files", tmp_path, system) == "[True, 'AWAY', 'AWAY', 'FILES_GONE']"
    assert len(backups_in(tmp_path)) == 2, "The first is kept, and one is made without the file, but none without any"
    said = tidegate("doctor", data_dir=system.data_dir, TIDEGATE_BACKUP_DIR=str(tmp_path), COLUMNS="300").stdout
    assert "the last one failed: 1 file is gone from the store that an earlier backup has, such as " in said, said
    assert "not well files that the store had lost at the last backup: " in said, said


def test_a_backup_from_the_future_puts_off_none_and_doctor_names_it(system, tmp_path):
    ahead = tmp_path / "2100-01-01T000000Z"
    ahead.mkdir()
    (ahead / "backup.json").write_text("{}")
    assert scheduled("backups", tmp_path, system) == "[True, False, True]"
    assert (len(backups_in(tmp_path)), ahead.is_dir()) == (1, True)
    said = tidegate("doctor", data_dir=system.data_dir, TIDEGATE_BACKUP_DIR=str(tmp_path), COLUMNS="300").stdout
    assert "well    the last backup is 0 hours old" in said, said
    assert "not well backups from the future: 2100-01-01T000000Z: a clock was wrong" in said, said


def test_a_backup_of_an_object_store_is_restored_into_another(system, empty, tmp_path):
    server = on_disk(tmp_path / "objects")
    shutil.copytree(system.data_dir / "uploads", tmp_path / "objects" / "uploads" / "state")
    server.start()
    other = server.environment | {"TIDEGATE_STORE_URL": "s3://uploads/new"}
    try:
        made = tidegate("backup", tmp_path / "b", data_dir=system.data_dir, **server.environment)
        assert made.returncode == 0, made.stderr
        restored = tidegate("restore", tmp_path / "b", data_dir=tmp_path / "back", **other, **empty)
    finally:
        server.kill()
    assert restored.returncode == 0, restored.stderr
    files = [
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (tmp_path / "b" / "uploads", tmp_path / "objects" / "uploads" / "new")
    ]
    assert files[0] == files[1] != {}
