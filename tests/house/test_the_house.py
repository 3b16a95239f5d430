"""The repository keeps its own rules; each failure says what to do."""

import ast
import re
from collections import Counter
from pathlib import Path
from statistics import median

import pytest

from tidegate.core.rules.catalogue import builtin_rules
from tidegate.file_types import find_all

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "tidegate"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
FORBIDDEN = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "base",
    "manager",
    "handler",
    "processor",
    "service",
    "info",
}


def module_name(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def line_count(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_a_module_has_at_most_400_lines():
    assert [module_name(path) for path in MODULES if line_count(path) > 400] == [], "Split it by noun or by verb"


def test_a_module_has_a_name_that_says_something():
    named = [module_name(path) for path in MODULES if path.stem in FORBIDDEN]
    assert named == [], "Name the module after the thing or the act in it"


def test_the_median_module_has_at_most_100_lines():
    assert median(line_count(path) for path in MODULES if path.name != "__init__.py") <= 100


def test_what_people_open_in_a_spreadsheet_is_written_in_one_place():
    writers = {module_name(path) for path in MODULES if "csv.writer(" in path.read_text()}
    not_for_people = {
        "file_types/file_type.py": "the layout's own examples",
        "states/maine/demo/files.py": "invented files to send",
        "states/maine/demo/write_reference.py": "an invented reference folder",
        "uploads/lifecycle/corrections/correct_rows.py": "what was typed, to be read as a file",
        "uploads/lifecycle/corrections/correction.py": "what was typed, to be read as a file",
        "uploads/lifecycle/receiving/match_columns.py": "a sample of rows, to be read as a file",
    }
    assert writers == {"core/outputs/spreadsheet.py", *not_for_people}, "Let csv_lines write it: no text in it runs"


def lines_of_twins(path: Path) -> int:
    twins = [each for each in ast.walk(ast.parse(path.read_text())) if getattr(each, "name", "") == "plain"]
    return sum(twin.end_lineno - twin.lineno + 1 for twin in twins)


def test_a_rule_file_has_at_most_60_lines():
    rules = sorted(SOURCE.rglob("rules/*/[a-z]*_*.py")) + sorted(SOURCE.glob("states/*/file_types/*/rules/*_*.py"))
    assert len(rules) > 50
    long = [module_name(path) for path in rules if line_count(path) - lines_of_twins(path) > 60]
    assert long == [], "Move what several rules share into a module of the file type"


def test_every_module_says_in_one_line_what_lives_in_it():
    silent = [module_name(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == [], "Begin the module with a line on what lives here"


def test_a_code_keeps_its_meaning_for_ever():
    locked = dict(line.split() for line in (ROOT / "codes.lock").read_text().splitlines())
    rules = {rule.code: rule for rule in builtin_rules()}
    for kind in find_all().values():
        rules |= kind.rules_by_code()
    for code, rule in rules.items():
        slug = rule.__module__.rpartition(".")[2].partition("_")[2]
        assert locked.get(code) == slug, (
            f"{code} stands in codes.lock for another rule: take a code that was never used, then make docs"
        )


@pytest.mark.parametrize("kind", find_all().values(), ids=lambda kind: kind.slug)
def test_the_rules_of_a_file_type_begin_with_its_area(kind):
    assert {rule.code[:-3] for rule in kind.rules} <= {kind.layout.area}


def test_every_decision_has_a_number_of_its_own():
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md")]
    assert len(numbers) == len(set(numbers))


def test_every_decision_says_its_date_and_status():
    form = r"Date: \d{4}-\d\d-\d\d · Status: (accepted(, amended \d{4}-\d\d-\d\d)?|superseded by \d{4})"
    third_lines = {path.name: path.read_text().splitlines()[2] for path in (ROOT / "docs/decisions").glob("[0-9]*.md")}
    without = sorted(name for name, line in third_lines.items() if not re.fullmatch(form, line))
    assert without == [], "Below the title goes a line as docs/decisions/README.md shows it"


def test_links_between_documents_lead_somewhere():
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}, which is not there"


def test_core_knows_no_framework():
    imports = {
        line
        for path in (SOURCE / "core").rglob("*.py")
        for line in re.findall(r"^\s*(?:from|import) (\w+)", path.read_text(), re.MULTILINE)
    }
    assert not imports & {"django", "psycopg", "procrastinate", "typer", "rich"}


def test_one_package_draws_all_plots():
    drawn = [path for suffix in ("py", "html") for path in SOURCE.rglob(f"*.{suffix}") if "<svg" in path.read_text()]
    elsewhere = {module_name(path) for path in drawn if path.parent != SOURCE / "web" / "plots"}
    assert elsewhere == {"web/templatetags/tidegate.py"}, "Draw it in web/plots, with a table of the same beside it"


# These rooms of tests hold what no package of the program is: the reason stands beside each.
_ROOMS_OF_THEIR_OWN = {
    "browser": "walks through pages in a real browser",
    "corpus": "files as they came, with the log that must come out",
    "examples": "the guide for a second state, followed to the letter",
    "house": "the repository's own rules",
    "identifiers": "states whose numbers have other lengths",
    "programs": "files as other programs write them",
    "running": "processes that are killed, frozen and started anew",
}


def test_the_rooms_of_the_tests_mirror_the_packages_of_the_program():
    tests = ROOT / "tests"
    rooms = {path.parent.relative_to(tests) for path in tests.rglob("test_*.py")}
    strangers = {
        str(room) for room in rooms if room.parts[0] not in _ROOMS_OF_THEIR_OWN and not (SOURCE / room).is_dir()
    }
    assert not strangers, "Move the tests into the room that is named like the package that they test"


def test_no_room_of_tests_is_a_drawer():
    tests = ROOT / "tests"
    counted = Counter(path.parent.relative_to(tests).as_posix() for path in tests.rglob("test_*.py"))
    drawers = {room: count for room, count in counted.items() if count > 16 and room not in _ROOMS_OF_THEIR_OWN}
    assert not drawers, "Give the tests of a package with many modules rooms as its packages are named"


# These words of the domain stand for two classes each: what lies in the database, and what the core knows without it.
_NAMED_TWICE = {
    "Code": "a model, and the column type that a layout names",
    "Focus": "what a person works in, and what a file is checked for",
    "Receipt": "a model, and the output that an upload's page offers",
    "Report": "what counts a snapshot, and the output that can be mailed",
    "SchoolYear": "a model, and the year as the core reckons with it",
}


def test_a_class_name_means_one_thing():
    paths = [path for path in MODULES if "rules" not in path.parts]  # a rule is named by its sentence
    names = [node.name for path in paths for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)]
    public = Counter(name for name in names if not name.startswith("_"))
    twice = {name for name, count in public.items() if count > 1}
    assert twice == set(_NAMED_TWICE), "Give the new class a name that no other has: whose line, whose cell, whose step"
