"""A backup of a running system is restored elsewhere, and the state hash is the same."""

import json
import subprocess
import sys

import pytest

from tests.running.conftest import environment_of


def tidegate(*arguments, data_dir) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "tidegate.cli.main", *map(str, arguments)]
    return subprocess.run(
        command, env=environment_of(data_dir), capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture(scope="module")
def backup(system, tmp_path_factory):
    folder = tmp_path_factory.mktemp("backups") / "tonight"
    run = tidegate("backup", folder, data_dir=system.data_dir)
    assert run.returncode == 0, run.stderr
    return folder


def test_a_backup_is_restored_with_the_same_state_hash_and_every_file(system, backup, tmp_path):
    restored = tidegate("restore", backup, data_dir=tmp_path / "elsewhere")
    assert restored.returncode == 0, restored.stderr
    hashes = [tidegate("state-hash", data_dir=folder).stdout for folder in (system.data_dir, tmp_path / "elsewhere")]
    assert hashes[0] == hashes[1] != ""
    whole = tidegate("state-hash", "--whole", data_dir=tmp_path / "elsewhere").stdout.strip()
    assert whole == json.loads((backup / "backup.json").read_text())["whole_hash"]
    key = "receipt-key.pem"  # heads are signed with it, and a backup holds no key
    (tmp_path / "elsewhere" / key).write_bytes((system.data_dir / key).read_bytes())
    verified = tidegate("verify-audit", data_dir=tmp_path / "elsewhere")
    assert (verified.returncode, "faults" in verified.stdout) == (0, False), verified.stdout
    files = [
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (backup / "uploads", tmp_path / "elsewhere" / "uploads")
    ]
    assert files[0] == files[1] != {}


def test_a_restore_never_mixes_with_data_that_is_there(system, backup):
    refused = tidegate("restore", backup, data_dir=system.data_dir)
    assert (refused.returncode, "There is data already" in refused.stderr) == (2, True)


@pytest.mark.parametrize("what", ["a file", "the database", "a name that leads elsewhere"])
def test_a_backup_that_was_changed_is_refused_before_anything_is_restored(backup, tmp_path, what):
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
    refused = tidegate("restore", changed, data_dir=tmp_path / "elsewhere")
    assert (refused.returncode, "was damaged or changed" in refused.stderr) == (2, True)
    assert not (tmp_path / "elsewhere" / "uploads").exists()


def test_a_backup_needs_a_new_folder_and_a_restore_a_backup(system, backup, tmp_path):
    assert "The folder is not empty" in tidegate("backup", backup, data_dir=system.data_dir).stderr
    assert "This is no backup" in tidegate("restore", tmp_path, data_dir=system.data_dir).stderr


def test_a_file_that_is_gone_from_the_store_costs_no_backup(system, tmp_path):
    name = system.ask("SELECT stored_as FROM uploads_upload WHERE stored_as <> '' ORDER BY id LIMIT 1")[0]
    stored = system.data_dir / "uploads" / name
    stored.rename(tmp_path / "gone")
    try:
        made = tidegate("backup", tmp_path / "backup", data_dir=system.data_dir)
    finally:
        (tmp_path / "gone").rename(stored)
    assert (made.returncode, "Not in the store any more: 1 file" in made.stderr) == (0, True), made.stderr
    restored = tidegate("restore", tmp_path / "backup", data_dir=tmp_path / "elsewhere")
    assert restored.returncode == 0, restored.stderr
    assert not (tmp_path / "elsewhere" / "uploads" / name).exists()
