"""Limits of a file are said, each in a sentence of its own."""

import pytest

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reading.limits import MAX_COLUMNS, UNREADABLE, Limits
from tidegate.core.reading.read_file import read_in_slices
from tidegate.core.rules.catalogue import reading_rules
from tidegate.core.rules.rule import Severity
from tidegate.file_types import find

LAYOUT = find("cte").layout.in_year(SchoolYear(2020))
HEADER = ",".join(LAYOUT.columns)
LINE = "1000,2001,900000001,1,01.0205,2020-09-01,,1.50,"


def test_a_header_of_thousands_of_columns_is_refused_by_their_number(read_bytes):
    names = [f"c{number}" for number in range(MAX_COLUMNS + 1)]
    reading = read_bytes(",".join(names) + "\n" + LINE + "\n")
    assert reading.is_refused
    assert [(issue.code, issue.words["count"]) for issue in reading.issues] == [("FILE016", "501")]


def test_a_file_of_more_rows_than_the_state_allows_is_refused_by_their_number(read_bytes):
    reading = read_bytes("\n".join([HEADER, LINE, LINE, LINE, ""]), limits=Limits(row_count=2))
    assert (reading.is_refused, [issue.code for issue in reading.issues]) == (True, ["FILE017"])
    assert not read_bytes("\n".join([HEADER, LINE, LINE, ""]), limits=Limits(row_count=2)).is_refused


@pytest.mark.parametrize("is_exact", [True, False])
def test_a_cell_that_is_longer_than_any_can_be_spoils_its_row_alone(read_bytes, is_exact):
    long = LINE.replace(",,", f",{'9' * 32_768},", 1)
    reading = read_bytes("\n".join([HEADER, LINE, long, LINE, ""]), is_exact=is_exact)
    issues = [(issue.code, issue.row, issue.words) for issue in reading.issues]
    assert issues == [("FILE018", 3, {"column": "EndDate", "count": "32,768"})]
    assert reading.rows.height == 3


def test_the_longest_cell_that_a_spreadsheet_holds_is_read(read_bytes):
    assert read_bytes("\n".join([HEADER, LINE.replace(",,", f",{'9' * 32_767},", 1), ""])).issues == []


SHORT = "9,"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("is_exact", [True, False])
def test_a_line_that_is_too_long_spoils_its_row_alone(read_bytes, end, is_exact):
    long = LINE.replace("01.0205", "9" * 9_000_000)
    reading = read_bytes(end.join([HEADER, LINE, long, LINE, SHORT, long]), is_exact=is_exact)
    assert [(issue.code, issue.row) for issue in reading.issues] == [("FILE041", 3), ("FILE020", 5), ("FILE041", 6)]
    assert reading.rows["row"].to_list() == [2, 3, 4, 5, 6]
    assert reading.rows["StateStudentID"].to_list() == ["900000001"] * 3 + [None, "900000001"]


@pytest.mark.parametrize("is_exact", [True, False])
@pytest.mark.parametrize(("good", "is_refused"), [(9_999, True), (10_000, False)])
def test_a_file_is_refused_where_more_rows_are_unreadable_than_set(read_bytes, is_exact, good, is_refused):
    text = "\n".join([HEADER, *[SHORT] * 10_000, *[LINE] * good, ""])
    reading = read_bytes(text, limits=Limits(unreadable_percent=50), is_exact=is_exact)
    assert reading.is_refused is is_refused
    assert not is_refused or [issue.code for issue in reading.issues] == ["FILE040"]


def test_no_share_of_unreadable_rows_acts_below_ten_thousand_of_them(read_bytes):
    reading = read_bytes("\n".join([HEADER, *[SHORT] * 9_999, ""]), limits=Limits(unreadable_percent=1))
    assert not reading.is_refused


def test_the_limit_of_rows_is_looked_at_before_any_slice_is_read(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text("\n".join([HEADER, LINE, SHORT, LINE, ""]))
    reading = read_in_slices(path, LAYOUT, limits=Limits(row_count=2))
    assert (reading.end.is_refused, [issue.words["count"] for issue in reading.end.issues]) == (True, ["3"])
    assert list(reading.slices) == []


def test_rows_that_count_as_unreadable_are_those_of_the_rules_that_are_errors():
    about_rows = {code for code, rule in reading_rules().items() if rule.severity is Severity.ERROR}
    numbers = (18, *range(20, 30), 41)
    assert set(UNREADABLE) == about_rows & {*(f"FILE{number:03}" for number in numbers), "CELL130"}
