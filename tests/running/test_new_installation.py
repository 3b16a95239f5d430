"""A new installation: the commands of docs/operating lead from an empty folder to people who work."""

import csv
import re
import shlex
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.browser.running_site import serving, sign_in
from tests.forked_command import run_command
from tests.ready_database import lay_ready_database
from tests.running.conftest import environment_of, held_database, wait_for
from tidegate.cli.migrate import _LOCK_ID
from tidegate.core.reference.table import required_files

GUIDE = Path(__file__).parents[2] / "docs" / "operating" / "README.md"
ROWS = {
    "organizations.csv": ["1000,Rock Star Public Schools,SAU,,", "1001,Rock Star High School,School,1000,"],
    "cte_codes.csv": ["01.0205,Agricultural mechanics,,"],
}
"""What a state that begins has: students and enrollments come by uploads."""


def commands() -> list[list[str]]:
    """Return the commands of the guide's second block, which follow `tidegate serve`."""
    block = GUIDE.read_text().split("```")[3]
    return [shlex.split(line) for line in block.splitlines() if line]


def run(command: list[str], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    assert command[0] == "tidegate"
    return run_command(command[1:], env=environment, cwd=folder)


def write_reference(folder: Path) -> None:
    for file in required_files():
        lines = [",".join(file.header), *ROWS.get(file.file_name, [])]
        (folder / file.file_name).write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The site's address, and what each command of the guide printed, in order."""
    folder = tmp_path_factory.mktemp("new")
    (folder / "reference").mkdir()
    write_reference(folder / "reference")
    environment = environment_of(folder / "tidegate-data")
    with serving(environment) as address:
        yield address, [run(command, folder, environment) for command in commands()]


def test_a_second_migration_does_not_hold_up_an_index_of_the_first(tmp_path):
    lay_ready_database(tmp_path / "data")
    with held_database(tmp_path / "data") as first:
        first.ask("SELECT pg_advisory_lock(%s)", _LOCK_ID)
        second = first.start("migrate", stdout=subprocess.PIPE)
        try:
            of_second = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%%advisory_lock(%%' AND pid <> %s"
            here = first.connection.info.backend_pid
            wait_for(lambda: first.ask(of_second, here)[0] == 1, "the second asks for the lock")
            first.connection.execute("CREATE INDEX CONCURRENTLY made_beside ON audit_event (at)")
            assert second.poll() is None
            first.ask("SELECT pg_advisory_unlock(%s)", _LOCK_ID)
            _, said = second.communicate(timeout=120)
        finally:
            second.kill()
    assert second.returncode == 0, said
    assert b"Another tidegate brings the database to its version; this one waits for it" in said


def test_every_command_of_the_guide_goes_through(installed):
    said = installed[1]
    assert [answer.returncode for answer in said[:-1]] == [1, 0, 0, 0], [answer.stderr for answer in said]
    assert "The school year 2026-2027 is open\n" in said[0].stdout
    assert "missing  Organizations: There is no SAU yet\n" in said[0].stdout
    assert "organizations.csv: 2 organizations are new\n" in said[1].stdout
    assert "cte_codes.csv: 1 CTE code is new\n" in said[2].stdout
    assert "\nwell    workers alive: " in said[-1].stdout  # the last is doctor, which finds plain HTTP unsafe


@pytest.mark.parametrize(
    ("number", "email", "place"),
    [(0, "you@example.org", "Whole state"), (3, "clerk@example.org", "Rock Star Public Schools")],
)
def test_administrator_and_clerk_have_something_to_work_in(installed, number, email, place):
    address, said = installed
    with closing(sign_in(address, email, re.search(r"Password: (\S+)", said[number].stdout)[1])) as client:
        for page in ("/", "/students/", "/state-reporting-status/", "/state-reporting-status/upload-file/", "/tokens/"):
            answer = client.get(page)
            assert answer.status_code == 200, page
            assert "2026-2027" in answer.text
            assert place in answer.text
            assert "You do not belong" not in answer.text


def test_the_table_of_the_guide_names_every_column():
    table = {row[1].strip(" `"): row[2] for row in csv.reader(GUIDE.read_text().splitlines(), delimiter="|") if row[2:]}
    for file in required_files():
        assert [name for name in re.findall(r"`(\w+)`", table[file.file_name]) if name in file.columns] == list(
            file.columns
        )
