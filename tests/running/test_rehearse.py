"""`tidegate rehearse`: another version of the state's package over the files that are kept."""

import csv
import shutil
import subprocess

import pytest

from tests.forked_command import run_command
from tidegate.file_types import find


@pytest.fixture
def next_version(tmp_path):
    """A copy of the state's package, whose CTE file takes at most half a credit."""
    folder = tmp_path / "next_version"
    shutil.copytree(find("cte").folder.parents[1], folder)
    layout = folder / "file_types" / "cte" / "layout.toml"
    text = layout.read_text()
    assert "maximum = 99.99" in text
    layout.write_text(text.replace("maximum = 99.99", "maximum = 0.5"))
    return folder


def rehearse(system, *arguments) -> subprocess.CompletedProcess[str]:
    return run_command(["rehearse", *arguments], env=system.environment)


def test_a_rehearsal_names_every_row_and_line_newly_stopped(system, next_version, tmp_path):
    with (system.data_dir / "demo-files" / "cte.csv").open(newline="") as file:
        rows = [(float(row["CreditsEarned"]), float(row["PostsecondaryCredits"] or 0)) for row in csv.DictReader(file)]
    rich = [number for number, both in enumerate(rows, 2) if max(both) > 0.5]
    findings = system.ask("SELECT count(*), max(id) FROM uploads_finding")
    run = rehearse(system, "--state", next_version, "--rows", tmp_path / "rows.csv")
    assert run.returncode == 1
    assert "Nothing was changed." in run.stdout
    with (tmp_path / "rows.csv").open(newline="") as file:
        told = [row for row in csv.DictReader(file) if row["File"] == "cte.csv"]
    assert rich
    by_upload = {row["Upload"]: [] for row in told}  # other tests may have sent the demo's file again
    for row in told:
        by_upload[row["Upload"]].append(int(row["Row"]))
    assert by_upload
    assert all(rows == rich for rows in by_upload.values())
    assert {(row["Rule"], row["Effect"]) for row in told} == {("CELL108", "stopped")}
    on_file = system.connection.execute(
        "SELECT id FROM records_cterecord WHERE replaced_at IS NULL"
        " AND greatest(credits_earned, postsecondary_credits) > 0.5 ORDER BY id"
    )
    with (tmp_path / "rows.csv").open(newline="") as file:
        lines = sorted(int(row["LineOnFile"]) for row in csv.DictReader(file) if row["LineOnFile"])
    assert lines
    assert lines == [number for (number,) in on_file]
    assert system.ask("SELECT count(*), max(id) FROM uploads_finding") == findings


def test_a_broken_package_is_refused_with_its_file(system, next_version):
    (next_version / "state.toml").write_text('name = "Somewhere"\n')
    run = rehearse(system, "--state", next_version)
    assert run.returncode == 2
    assert "The other version cannot be used" in run.stderr
    assert "state.toml" in run.stderr
