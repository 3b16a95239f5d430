"""Another state's package, of a folder: checked, tested, refused, each in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.forked_command import run_command, run_python
from tests.states.small_state import FILES, write_state
from tidegate.core.errors import BrokenState
from tidegate.core.layouts.state_package import STATE, choose_state, find_package, present_package
from tidegate.file_types.trial.run_trial import run_trial

RULE = "file_types/bus/rules/bus201_walks.py"
LAYOUT = "file_types/bus/layout.toml"


@pytest.fixture
def problems_of(monkeypatch):
    """Returns what `tidegate test-state` says of a package, without a process of its own."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setenv(STATE, "")
    yield lambda folder: run_trial(choose_state(str(folder))).problems
    monkeypatch.undo()
    present_package.cache_clear()


def tidegate(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return run_command(arguments, env=environment)


def check_case(state: Path, case: str, **environment: str) -> subprocess.CompletedProcess[str]:
    folder = state / "file_types" / "bus" / "cases" / case
    named = ["--file-type", "bus", "--school-year", "2020-2021", "--reference", folder / "reference"]
    return tidegate("check", folder / "upload.csv", *named, "--state", state, "--format", "csv", **environment)


def test_a_file_is_checked_by_another_states_package_without_django(tmp_path):
    state = write_state(tmp_path, is_alone=True)
    done = check_case(state, "a_walk", TIDEGATE_STATE="no.such.package", DJANGO_SETTINGS_MODULE="no.such.settings")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == (state / "file_types" / "bus" / "cases" / "a_walk" / "result_log.csv").read_text()


def test_the_environment_names_a_state_as_the_option_does(tmp_path):
    state = write_state(tmp_path, is_alone=True)
    done = tidegate("sample-reference", tmp_path / "sample", TIDEGATE_STATE=str(state))
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "Small has no demo.")


def test_a_package_that_is_as_it_should_be_passes_its_tests(tmp_path):
    done = tidegate("test-state", write_state(tmp_path, is_alone=True))
    assert (done.returncode, done.stdout) == (0, "Small: all is well (1 file type, 1 rule, 3 examples, 2 cases)\n")


def test_another_version_may_lie_in_a_folder_of_the_same_name(tmp_path):
    now = write_state(tmp_path / "now", is_alone=True)
    then = write_state(tmp_path / "then", is_alone=True, **{"file_types/bus/guide.md": "# Bus\n\nOne line each.\n"})
    path = {"TIDEGATE_STATE": str(now), "PYTHONPATH": str(now.parent)}  # as a process that the present one has started
    done = tidegate("test-state", then, **path)
    assert (done.returncode, done.stdout[:18]) == (0, "Small: all is well"), done.stdout


def test_the_author_of_a_state_sees_every_rule_at_work(tmp_path):
    done = tidegate("test-state", write_state(tmp_path, is_alone=True), "--examples")
    assert done.returncode == 0
    said = dict(line.split(maxsplit=1) for line in done.stdout.splitlines()[1:-1])
    assert said["CELL108"].startswith("Miles ")
    assert {"FILE005", "CELL101", "BUS201"} < said.keys()
    assert not [message for message in said.values() if "{" in message]


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        ("state.toml", "min_digits = 9", 'min_digits = "9"', "toml:8: student_numbers.min_digits: Expected `int`"),
        ("state.toml", 'sau = "District"', 'saw = "District"', "state.toml:5: there is no word saw"),
        ("state.toml", 'sau = "District"', 'sau = "<b>District"', "state.toml:5: sau has '<' in it, and is a word in"),
        ("state.toml", 'name = "Small"', 'name = "Small\\nstate"', "state.toml:1: name has '\\n' in it, and is a word"),
        ("state.toml", "[code_lists.bus_codes]", "[code_lists.Buses]", "state.toml:20: the name of the code list"),
        (
            "state.toml",
            'sau = "District"',
            '[headers]\nSAUDI = "DistrictID"',
            "state.toml:6: there is no column SAUDI to name, but OrganizationID, SAUID,",
        ),
        (
            "state.toml",
            'sau = "District"',
            '[headers]\nSAUID = "SchoolID"',
            ":6: another column is named SchoolID, too",
        ),
        ("state.toml", 'sau = "District"', '[headers]\nSAUID = "Our, ID"', ':6: the name "Our, ID" of a column has'),
        ("__init__.py", '"""\n', '"""\nimport nothing_of_this_name\n', "__init__.py:2: small_state_"),
    ],
)
def test_a_package_that_is_none_is_told_with_its_line(tmp_path, path, old, new, said):
    with pytest.raises(BrokenState) as raised:
        find_package(str(write_state(tmp_path, **{path: FILES[path].replace(old, new, 1)})))
    assert said in str(raised.value)


@pytest.mark.parametrize("folder", ["nowhere", "."])
def test_a_folder_without_a_state_is_refused(tmp_path, folder):
    done = tidegate("test-state", tmp_path / folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no package of a state" in done.stderr


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        (LAYOUT, 'area = "BUS"\n', "", f"{LAYOUT}:1: Object missing required field `area`"),
        (LAYOUT, "maximum = 99", 'maximum = "99"', f"{LAYOUT}:22: columns.Miles.of.maximum: Expected `float`"),
        (LAYOUT, 'by = "Bus"', 'by = "Coach"', f"{LAYOUT}:32: [columns] has no Coach"),
        (RULE, 'value("Miles") < 0.5', 'value("Kilometers") < 0.5', f"{RULE}:25: BUS201 names the column"),
        (RULE, '"{Miles}"', '"{Milage}"', f'{RULE}:18: BUS201 names the column "Milage"'),
        (RULE, 'code = "BUS201"', 'code = "BUS"', f"{RULE}:9: Rule Walks: the code BUS is not an area"),
        (RULE, "import polars as pl", "import polars as", f"{RULE}:3: this is no Python"),
        (RULE, "return value", "return valeu", f"{RULE}:25: "),
        (RULE, '"Miles": "0.5"', '"Miles": "0.2"', f"{RULE}:20: BUS201: the good example {{'Miles': '0.2'}} breaks"),
        (RULE, '"Miles": "0.4"', '"Miles": "1.4"', f"{RULE}:21: BUS201: the bad example {{'Miles': '1.4'}} does not"),
        (RULE, "is a walk'", "is a walk. Take it out.'", "the message of BUS201 ends with a full stop"),
        (RULE, '    columns = ("Miles",)', "    columns = ()", f"{RULE}:19: BUS201 names no column"),
        (RULE, "def broken", "def is_broken", f"{RULE}:9: Rule Walks lacks its broken"),
        (RULE, '"{Miles}" is', '"{Miles" is', f"{RULE}:18: the message of BUS201 cannot be"),
        (RULE, "rides less", "in {words.distrct} rides less", f"{RULE}:12: {{words.distrct}} is in a text"),
        (LAYOUT, 'list_name = "bus_codes"', 'list_name = "coaches"', f"{LAYOUT}:17: there is no coaches.csv in "),
        (LAYOUT, 'by = "Bus"', "by = \"Bus\"\nmessage = 'No {buss}'", f"{LAYOUT}:35: the message of bus has {{buss}}"),
        (
            LAYOUT,
            'label = "Bus"',
            'label = "Bus"\n[[rules]]\ncode = "BUS201"\nmessage = "Only {Mile} miles"',
            f"{LAYOUT}:37: [[rules]] the message of BUS201 has {{Mile}}, which is no column, no look-up and",
        ),
        (
            LAYOUT,
            'list_name = "bus_codes"',
            'list_name = "bus_codes", pattern = "^[B[0-9]+$", pattern_in_words = "B and digits"',
            f'{LAYOUT}:17: Bus: the pattern "^[B[0-9]+$" has a set within a set',
        ),
        (LAYOUT, 'example = "3.5"', 'example = "3.55"', f"{LAYOUT}:24: the example of Miles breaks CELL105"),
        (
            LAYOUT,
            'example = "3.5"',
            'example = "3.5"\nsince = "2022-2023"\nuntil = "2021-2022"',
            f"{LAYOUT}:21: Miles: since 2022-2023 is after until 2021-2022, so that it is of no school year",
        ),
        (RULE, '    code = "BUS201"', '    code = "BUS201"\n    since = "2022-2023"\n    until = "2020-2021"', RULE),
        (RULE, "return value", "retrun value", f"{RULE}:25: this is no Python: invalid syntax"),
        ("file_types/bus/guide.md", "# Bus\n", "", "guide.md:1: the guide has no title"),
        ("file_types/bus/cases/a_walk/result_log.csv", "B9", "B8", "result_log.csv:3: the Result Log should have"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_package_is_a_sentence_with_its_line(tmp_path, problems_of, path, old, new, said):
    assert old in FILES[path]
    state = write_state(tmp_path, **{path: FILES[path].replace(old, new, 1)})
    assert any(said in problem for problem in problems_of(state))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("file_types/bus/guide.md", "file_types/bus/guide.md: the file is missing; uploaders read it"),
        (LAYOUT, f"{LAYOUT}: the file is missing; it says which columns a file has"),
        ("file_types/bus/rules/__init__.py", "rules/__init__.py: the file is missing"),
        ("file_types/bus/cases/all_good/upload.csv", "all_good: the case lacks an upload, as upload.csv"),
    ],
)
def test_what_is_missing_is_named(tmp_path, problems_of, path, said):
    assert any(said in problem for problem in problems_of(write_state(tmp_path, **{path: None})))


LOOK_UP = '''"""How far it is."""

from tidegate.core.lookups.lookup import LabelledLookup


class DistanceLookup(LabelledLookup, frozen=True, tag="distance"):
    """How far it is, by the miles in column `by`."""

    gives = {"name": "near or far"}

    def joiner(self, name, sources):
        """Return what joins it."""
        import polars as pl

        far = pl.when(pl.col(f"{self.by}:value") > 2).then(pl.lit("far")).otherwise(pl.lit("near"))
        return lambda rows: rows.with_columns(far.alias(f"{name}.name"))

    def example(self, columns):
        """Return what the example is."""
        return {"name": "far"}
'''
FAR = {
    LAYOUT: FILES[LAYOUT] + '\n[stored.distance]\nfind = "distance"\nby = "Miles"\nlabel = "Miles"\n',
    RULE: FILES[RULE]
    .replace("import value", "import stored")
    .replace('value("Miles") < 0.5', 'stored("distance.name") == "near"')
    .replace('good = ({}, {"Miles": "0.5"})', "good = ({},)")
    .replace('bad = ({"Miles": "0.4"},)', 'bad = ({"distance.name": "near"},)'),
    "file_types/bus/cases/a_walk/upload.csv": "DistrictID,Bus,Miles\n1000,B1,0.3\n1000,B9,3\n",
    "lookups/__init__.py": "",
}


def test_a_state_brings_a_look_up_of_its_own(tmp_path):
    done = tidegate("test-state", write_state(tmp_path, is_alone=True, **FAR, **{"lookups/distance.py": LOOK_UP}))
    assert (done.returncode, done.stdout) == (0, "Small: all is well (1 file type, 1 rule, 2 examples, 2 cases)\n")


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("code", "", "", "lookups/code.py:1: the program has a look-up code already: name the file otherwise"),
        ("distance", 'tag="distance"', 'tag="miles"', 'distance.py: look-up DistanceLookup has no tag="distance"'),
        ("distance", "\nclass", "\nimport nowhere\nclass", "distance.py:6: "),
    ],
)
def test_a_look_up_that_cannot_be_is_told_once(tmp_path, problems_of, name, old, new, said):
    look_up = LOOK_UP.replace(old, new, 1)
    (problem,) = problems_of(write_state(tmp_path, **FAR, **{f"lookups/{name}.py": look_up}))
    assert said in problem


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("history", "the page of a student has history already"),
        ("Trips", "is named as in bus_riders"),
        ("trips", 'name "Bus" is that of bus, too'),
    ],
)
def test_a_file_type_has_a_name_that_nothing_else_has(tmp_path, problems_of, folder, said):
    more = {path.replace("/bus/", f"/{folder}/", 1): text for path, text in FILES.items() if "/bus/" in path}
    assert any(said in problem for problem in problems_of(write_state(tmp_path, **more)))


@pytest.mark.parametrize("path", [LAYOUT, "file_types/bus/guide.md"])
def test_a_file_that_is_not_written_in_utf_8_is_told(tmp_path, problems_of, path):
    state = write_state(tmp_path)
    (state / path).write_bytes(FILES[path].encode() + "# Büro\n".encode("latin-1"))
    line = FILES[path].count("\n") + 1
    assert any(f"{path}:{line}: the file is not written in UTF-8" in problem for problem in problems_of(state))


def test_a_list_that_a_case_lacks_is_named(tmp_path, problems_of):
    state = write_state(tmp_path)
    folder = state / "file_types" / "bus" / "cases" / "all_good" / "reference"
    (folder / "organizations.csv").unlink()
    (said,) = [problem for problem in problems_of(state) if "organizations.csv" in problem]
    assert f"there is no organizations.csv in {folder}, without which " in said


def test_an_app_that_is_named_otherwise_is_a_problem(tmp_path, problems_of):
    state = write_state(tmp_path, is_alone=True)
    (state / "apps.py").write_text('class Config:\n    name = "elsewhere"\n')
    (problem,) = problems_of(state)
    assert problem.startswith(f'{state / "apps.py"}:2: the app is named "elsewhere", and its package "{state.name}"')
    (state / "apps.py").write_text("class Config:\n    name = __package__\n")
    assert list(problems_of(state)) == []


def test_a_migration_that_would_lose_a_column_is_a_problem(tmp_path, problems_of):
    migration = "from django.db import migrations\n\noperations = [\n    migrations.RemoveField('ride', 'miles'),\n]\n"
    state = write_state(tmp_path, **{"migrations/__init__.py": "", "migrations/0002_no_miles.py": migration})
    (problem,) = problems_of(state)
    assert "migrations/0002_no_miles.py:4: RemoveField loses a column" in problem
    dropped = migration.replace(
        "RemoveField('ride', 'miles')", "RunSQL('ALTER TABLE ride DROP  column miles', 'SELECT 1')"
    )
    (state / "migrations" / "0002_no_miles.py").write_text(dropped)
    assert "migrations/0002_no_miles.py:4: the SQL has DROP COLUMN: add what is new beside" in problems_of(state)[0]


def test_a_broken_package_stops_a_site_with_the_sentence(tmp_path):
    broken = FILES[RULE].replace('"{Miles}"', '"{Milage}"')
    state = write_state(tmp_path, is_alone=True, **{RULE: broken})
    environment = {"DJANGO_SETTINGS_MODULE": "tidegate.project.settings", "TIDEGATE_DATA_DIR": str(tmp_path)}
    start = "from tidegate.cli.setup import set_up_django; set_up_django()"
    done = run_python(start, env=environment | {STATE: str(state)})
    assert done.returncode == 1
    assert f'{state / RULE}:18: BUS201 names the column "Milage", which Bus does not have' in done.stderr
