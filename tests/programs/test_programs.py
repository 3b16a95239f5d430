"""What the page "What other programs do to a file" says holds: tidegate judges every file that stands behind it."""

import tomllib
from pathlib import Path

import pytest

from tidegate.core.checking import Focus, check
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.outputs.result_log import result_log
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.file_types import find_all

HERE = Path(__file__).parent
YEAR = SchoolYear(2020)
KINDS = {kind.folder.name: kind for kind in find_all().values()}
WAYS = tomllib.loads((HERE / "programs.toml").read_text())["ways"]
FILES = [pytest.param(HERE / way["name"] / each["file"], each, id=f"{way['name']}-{each['file']}")
    for way in WAYS for each in way["files"]]  # fmt: skip


def judged(path: Path):
    """Return what tidegate makes of a file, whose name is that of its file type, and its Result Log."""
    kind = KINDS[path.stem]
    others = [other.layout.in_year(YEAR) for other in KINDS.values()]
    tables = ReferenceFolder(HERE / "reference")
    checked = check(path, kind.layout, kind.rules, focus=Focus(YEAR), tables=tables, others=others)
    title, needs_action = kind.layout.log_title, checked.needs_action
    return checked, b"".join(result_log(title, [checked.findings], needs_action=needs_action)).decode()


@pytest.mark.parametrize(("path", "said"), FILES)
def test_a_file_is_judged_as_the_page_says(path: Path, said: dict):
    checked, log = judged(path)
    assert (checked.row_count, checked.success_count) == (said["rows"], said["good"])
    assert log.encode() == path.with_name(f"{path.name}.log").read_bytes()


@pytest.mark.parametrize("name", ["cte.csv", "student_enrollment.csv", "new_state_id.csv"])
def test_the_files_that_went_in_are_good_without_a_word(name: str):
    checked, log = judged(HERE / "given" / name)
    assert (checked.row_count, checked.success_count) == (3, 3)
    assert log.endswith("All Records completed successfully\n")


def test_the_table_names_every_file():
    named = {
        path for param in FILES for path in (param.values[0], param.values[0].with_name(f"{param.values[0].name}.log"))
    }
    assert {path for path in HERE.glob("*/*") if path.parent.name not in {"given", "reference", "__pycache__"}} == named
