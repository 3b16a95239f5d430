"""A numbering of the rows is left out where the whole column is one; what else stands there is never dropped."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.core.reading.limits import Limits
from tidegate.core.reading.read_file import read_file
from tidegate.file_types import find

CTE = find("cte").layout
NAMES = list(CTE.columns)


def row(number: int) -> list[str]:
    return ["1000", "2001", str(900000001 + number), "", "01.0205", "2020-09-01", "", "1.50", ""]


def read(header: list[str], rows: list[list[str]], sign: str = ",", **how):
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write("".join(f"{sign.join(cells)}\n" for cells in [header, *rows]).encode())
        file.flush()
        return read_file(Path(file.name), CTE, **how)


def codes(reading) -> list[str]:
    return [issue.code for issue in reading.issues]


@pytest.mark.parametrize("sign", [",", "\t", ";"])
@pytest.mark.parametrize("numbers", [range(1, 30), range(30), range(7, 400, 13)])
@pytest.mark.parametrize("names", [*([name, *NAMES] for name in ("", '""', "Unnamed: 0", "X", "line_number")), NAMES])
def test_row_names_are_left_out_with_a_notice(names, numbers, sign):
    rows = [row(place) for place in range(len(numbers))]
    reading = read(names, [[f'"{number}"', *cells] for number, cells in zip(numbers, rows, strict=True)], sign)
    assert codes(reading) == ["FILE035"]
    assert [list(cells) for cells in reading.rows.drop("row").rows()] == rows


@pytest.mark.parametrize("names", [["", *NAMES], NAMES])
def test_a_numbering_that_breaks_off_far_below_refuses_the_file(names):
    rows = [[str(number), *row(number)] for number in range(300)]
    rows[250][0] = "7"
    reading = read(names, rows, limits=Limits(chunk_bytes=500))
    assert reading.is_refused
    assert [(issue.code, issue.words["number"]) for issue in reading.issues] == [("FILE038", "252")]


@pytest.mark.parametrize(
    ("name", "which"),
    [("", "The first column has no name of its own and"), ("line_number", 'The first column, "line_number",')],
)
def test_a_numbering_with_a_name_is_called_by_it(name, which):
    rows = [[str(number), *row(number)] for number in range(1, 30)]
    for read_rows, code in ((rows, "FILE035"), ([*rows, ["1", *row(30)]], "FILE038")):
        reading = read([name, *NAMES], read_rows)
        assert [(issue.code, issue.words["which"]) for issue in reading.issues] == [(code, which)]


@pytest.mark.parametrize("first", ["A1", "7", "", "-1", "1.5"])
def test_a_first_column_of_anything_else_is_not_known(first):
    assert codes(read(["", *NAMES], [[first, *row(1)], [first, *row(2)]])) == ["FILE006"]


def test_a_row_without_its_number_is_not_read_one_column_to_the_left():
    reading = read(NAMES, [*[[str(number), *row(number)] for number in range(20)], row(20)])
    assert codes(reading) == ["FILE035", "FILE020"]


def test_a_stray_byte_beside_row_names_is_read_as_a_letter(read_bytes):
    rows = [[str(number), *row(number)] for number in range(1, 6)]
    rows[0][4], rows[1][4] = "Zo\udceb", "\u00d8"
    content = "".join(f"{','.join(cells)}\n" for cells in [NAMES, *rows]).encode("utf-8", "surrogateescape")
    reading = read_bytes(content)
    assert codes(reading) == ["FILE035", "FILE014"]
    assert reading.rows["SchoolStudentID"].to_list() == ["Zo\u00eb", "\u00d8", "", "", ""]


def test_a_row_cut_in_two_hides_no_row_names():
    rows = [[str(number), *row(number)] for number in range(1, 6)]
    cut = [rows[2][:5], rows[2][5:]]
    reading = read(NAMES, [*rows[:2], *cut, *rows[3:]])
    assert [(issue.code, issue.words["number"]) for issue in reading.issues] == [("FILE038", "5")]


def test_blank_cells_at_the_end_are_no_row_names():
    rows = [[str(1000 + number), *row(number)[1:], ""] for number in range(5)]
    reading = read(NAMES, rows)
    assert codes(reading) == ["FILE029"]
    assert reading.rows["SAUID"].to_list() == ["1000", "1001", "1002", "1003", "1004"]


@given(
    st.lists(st.sampled_from(["next", "next", "next", "same", "", "x", "Total: 3"]), min_size=1, max_size=14),
    st.booleans(),
    st.sampled_from([40, 300, 10_000]),
)
def test_both_paths_agree_on_row_names(steps, is_named, chunk_bytes):
    number, rows = 0, []
    for step in steps:
        number += step == "next"
        rows.append([str(number) if step in ("next", "same") else step, *row(number)])
    names = ["", *NAMES] if is_named else NAMES
    fast = read(names, rows, limits=Limits(chunk_bytes=chunk_bytes))
    exact = read(names, rows, is_exact=True)
    assert fast.rows.rows() == exact.rows.rows()
    assert (fast.issues, fast.is_refused) == (exact.issues, exact.is_refused)


def test_two_ids_far_from_each_other_are_no_numbering():
    rows = [["100", *row(1)[:-1], "3"], ["1000", *row(2)[:-1], "3"]]
    assert codes(read(NAMES, rows)) == ["FILE021", "FILE021"]
    assert codes(read(NAMES, [["7", *row(1)], ["8", *row(2)]])) == ["FILE035"]


def test_a_delimiter_within_each_rows_value_makes_no_numbering():
    split = [[str(100 * number), "CATC", str(900000000 + number), "a", "b", *row(1)[4:-1], "3"] for number in (1, 2, 3)]
    assert codes(read(NAMES, split)) == ["FILE021"] * 3


def test_filled_cells_beyond_the_header_are_not_said_to_be_blank():
    assert codes(read(NAMES, [[*row(1)[:-1], "5", "3"]])) == ["FILE021"]
    assert "FILE029" in codes(read(NAMES, [[*row(1), ""], [*row(2), ""]]))
