"""Columns that the state does not collect refuse a file, or come along to its full log, as the layout says."""

import csv
import io
from pathlib import Path

import msgspec
import openpyxl
import pytest

from tests.core.small_layout import LAYOUT
from tidegate.core.checking import Focus, check
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.outputs.catalogue import find_output
from tidegate.core.outputs.full_log import HEADER
from tidegate.core.outputs.output import CSV, XLSX
from tidegate.core.outputs.source import CheckSource
from tidegate.core.reading.header import match_header
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.core.rules.catalogue import builtin_rules

REFERENCE = Path(__file__).parents[2] / "corpus" / "reference"
CARRYING = msgspec.structs.replace(LAYOUT, extra_columns="carry")
NAMES = ["Teacher", *LAYOUT.columns, "Nick Name", "=Room"]


@pytest.fixture
def source(tmp_path) -> CheckSource:
    path = tmp_path / "upload.csv"
    lines = [
        NAMES,
        ["Ms. Ray", "0001", "A", "01", "2020-09-01", "1", "Al", "7"],
        ["Mr. Low", "0002", "B", "x", "2020-13-01", "1", "Bo", "+8"],
        [],
        ["Ms. Ray", "0003", "C", "y", "2020-09-01", "1", "Cy"],
    ]
    path.write_text("".join(",".join(line) + "\n" for line in lines), "utf-8")
    focus = Focus(SchoolYear.parse("2020-2021"))
    checked = check(path, CARRYING, (), focus=focus, tables=ReferenceFolder(REFERENCE))
    return CheckSource(path, checked, {rule.code: rule for rule in builtin_rules()}, "2020-2021")


def test_without_the_states_word_such_a_file_is_refused():
    assert [issue.code for issue in match_header(NAMES, LAYOUT).issues] == ["FILE006", "FILE006"]


def test_with_it_they_are_named_and_the_file_is_read():
    header = match_header(NAMES, CARRYING)
    assert not header.is_refused
    assert {issue.code: issue.words["columns"] for issue in header.issues} == {
        "FILE011": '"Nick Name"',
        "FILE045": '"Teacher", "=Room"',
    }


def test_a_column_without_a_name_and_a_missing_one_refuse_the_file_still():
    assert [issue.code for issue in match_header([*NAMES, "", "Z"], CARRYING).issues] == ["FILE006"]
    assert {issue.code for issue in match_header(NAMES[:-3], CARRYING).issues} == {"FILE005", "FILE006"}


def test_the_full_log_has_the_cells_of_each_findings_row(source):
    whole = b"".join(find_output("full-log").content(source, CSV)).decode("utf-8-sig")
    header, *lines = list(csv.reader(io.StringIO(whole)))
    assert header == [*HEADER, "Teacher", "'=Room"]
    beside = {(line[0], line[HEADER.index("Code")]): line[-2:] for line in lines}
    assert beside["3", "CELL106"] == beside["3", "CELL104"] == ["Mr. Low", "'+8"]
    assert beside["5", "CELL106"] == ["Ms. Ray", ""]
    assert beside["1", "FILE045"] == ["", ""]
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(find_output("full-log").content(source, XLSX))))["Findings"]
    assert [cell.value for cell in sheet[1]] == [*HEADER, "Teacher", "=Room"]
    assert len(list(sheet.rows)) == len(lines) + 1
