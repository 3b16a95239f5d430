"""The example of another state is what docs/extending says, and needs neither a database nor the rest of the suite."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.examples.way import BLOCKS, EXAMPLE, GUIDE, ROOT, commands
from tests.forked_command import run_command
from tidegate.core.layouts.state import load_state

LINK = re.compile(r"\]\((\.\./\.\./examples/second_state/[^)]+\.(?:toml|py|csv))\)")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"TIDEGATE_STATE": str(EXAMPLE)}
    return run_command(arguments, env=environment, cwd=ROOT)


def test_what_the_way_shows_of_a_file_is_cut_from_it():
    pairs = zip(BLOCKS[::2], BLOCKS[1::2], strict=False)
    shown = [(links[-1], block.partition("\n")[2]) for before, block in pairs if (links := LINK.findall(before))]
    assert len(shown) > 5
    for link, block in shown:
        assert block in (GUIDE.parent / link).read_text(), f"{link} does not have: {block}"


def test_the_test_of_the_way_finds_nothing_wrong_or_missing():
    (command,) = commands("test-state")
    tested = run(*command)
    assert (tested.returncode, tested.stderr) == (0, ""), tested.stdout
    assert "all is well (1 file type, 5 rules, " in tested.stdout


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        (
            "models.py",
            "max_length=3, verbose",
            "max_length=2, verbose",
            "BusRide.route_code takes 2 characters, and Ro",
        ),
        ("models.py", "    miles_per", "    note = models.TextField(null=True)\n    miles_per", "this: Add field note"),
        ("apps.py", "from django", "import nowhere\nfrom django", "No module named 'nowhere'"),
        ("migrations/0001_bus_rides.py", "'records', '0", "'records', '1", "reference nonexistent parent node"),
    ],
)
def test_what_does_not_fit_the_tables_is_told_without_a_database(tmp_path, path, old, new, said):
    state = tmp_path / EXAMPLE.name
    shutil.copytree(EXAMPLE, state)
    text = (state / path).read_text()
    assert old in text
    (state / path).write_text(text.replace(old, new, 1))
    tested = run("test-state", str(state))
    assert (tested.returncode, tested.stderr) == (1, "")
    assert said in tested.stdout
    assert tested.stdout.startswith(str(state))


def test_a_reference_folder_is_spoken_of_by_the_states_own_headers(tmp_path):
    shutil.copytree(EXAMPLE / "demo" / "reference", tmp_path, dirs_exist_ok=True)
    about = ("--file-type", "bus-riders", "--school-year", "2020-2021", "--reference", str(tmp_path))
    students = tmp_path / "students.csv"
    students.write_text(students.read_text().replace("StudentNumber", "Number", 1))
    checked = run("check", str(EXAMPLE / "demo" / "files" / "bus_riders.csv"), *about)
    assert (checked.returncode, checked.stderr.splitlines()[0]) == (
        2,
        "students.csv in the reference folder lacks columns: StudentNumber.",
    )


def test_roles_and_offices_have_the_states_own_names():
    said = "from tidegate.accounts.roles import CteDirector; from tidegate.core.rules.rule import WhoCanAct"
    told = subprocess.run(
        [sys.executable, "-c", f"{said}; print(CteDirector.display_name, '|', WhoCanAct.CTE_SCHOOL)"],
        env=os.environ | {"TIDEGATE_STATE": str(EXAMPLE)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "Head of a career center | The career center\n"


def test_the_check_of_the_way_prints_what_is_to_be_corrected():
    (command,) = commands("check")
    checked = run(*command)
    assert checked.returncode == 1, checked.stderr
    assert 'The list of bus routes has no "C02"' in checked.stdout
    assert "Row Count 13   Success Count 9   Error 4" in checked.stdout


def test_nothing_outside_of_its_folder_names_the_example_state():
    if not (ROOT / ".git").exists():
        pytest.skip("only git knows which files are of the repository")
    name = load_state(EXAMPLE).name
    search = ["git", "grep", "--ignore-case", "--files-with-matches", name, "--", ".", ":!examples/second_state"]
    named = subprocess.run(search, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (named.returncode, named.stdout) == (1, "")
