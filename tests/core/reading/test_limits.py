"""Limits of a file are said, each in a sentence of its own."""

import pytest

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reading.limits import MOST_COLUMNS, Limits
from tidegate.core.reading.read_file import read_file
from tidegate.file_types import find

LAYOUT = find("cte").layout.in_year(SchoolYear(2020))
HEADER = ",".join(LAYOUT.columns)
LINE = "1000,2001,900000001,1,01.0205,2020-09-01,,1.50,"


@pytest.fixture
def read(tmp_path):
    def read_text(text: str, **more):
        path = tmp_path / "file.csv"
        path.write_text(text)
        return read_file(path, LAYOUT, **more)

    return read_text


def test_a_header_of_thousands_of_columns_is_refused_by_their_number(read):
    names = [f"c{number}" for number in range(MOST_COLUMNS + 1)]
    reading = read(",".join(names) + "\n" + LINE + "\n")
    assert reading.is_refused
    assert [(fault.code, fault.words["count"]) for fault in reading.faults] == [("FILE016", "501")]


def test_a_file_of_more_rows_than_the_state_allows_is_refused_by_their_number(read):
    reading = read("\n".join([HEADER, LINE, LINE, LINE, ""]), limits=Limits(row_count=2))
    assert (reading.is_refused, [fault.code for fault in reading.faults]) == (True, ["FILE017"])
    assert not read("\n".join([HEADER, LINE, LINE, ""]), limits=Limits(row_count=2)).is_refused


@pytest.mark.parametrize("is_exact", [True, False])
def test_a_cell_that_is_longer_than_any_can_be_spoils_its_row_alone(read, is_exact):
    long = LINE.replace(",,", f",{'9' * 32_768},", 1)
    reading = read("\n".join([HEADER, LINE, long, LINE, ""]), is_exact=is_exact)
    faults = [(fault.code, fault.row, fault.words) for fault in reading.faults]
    assert faults == [("FILE018", 3, {"column": "EndDate", "count": "32,768"})]
    assert reading.rows.height == 3


def test_the_longest_cell_that_a_spreadsheet_holds_is_read(read):
    assert read("\n".join([HEADER, LINE.replace(",,", f",{'9' * 32_767},", 1), ""])).faults == []
