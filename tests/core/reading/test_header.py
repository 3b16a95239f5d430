"""A header's names become the places of the layout's columns, or the header is refused with every fault of it."""

import msgspec
import pytest

from tests.core.small_layout import LAYOUT, column
from tidegate.core.layouts.column_types import Text
from tidegate.core.reading.header import drop_blank_end, is_fix_file, match_header, own_positions

NAMES = list(LAYOUT.columns)


def faults(cells: list[str], **how) -> list[tuple[str, dict[str, str]]]:
    header = match_header(cells, LAYOUT, **how)
    assert header.is_refused == (not header.positions)
    return [(issue.code, issue.words) for issue in header.issues]


def test_the_columns_stand_where_their_names_do():
    header = match_header(NAMES, LAYOUT)
    assert header.positions == {"Number": 0, "Name": 1, "Grade": 2, "Start": 3, "Credits": 4}
    assert (header.width, header.issues, header.is_refused) == (5, (), False)


def test_case_spaces_and_underscores_do_not_matter():
    assert match_header(["NUMBER", " name", "gra_de", "start", "Credits"], LAYOUT).positions.keys() == set(NAMES)


def test_another_order_is_taken_with_a_notice():
    header = match_header(NAMES[::-1], LAYOUT, row=3)
    assert header.positions["Number"] == 4
    assert [(issue.code, issue.row) for issue in header.issues] == [("FILE010", 3)]


def test_an_extra_column_that_is_known_is_left_out_with_a_notice():
    assert faults([*NAMES, "Nick Name"]) == [("FILE011", {"columns": '"Nick Name"'})]


def test_all_that_is_wrong_with_a_header_is_said_at_once():
    assert faults(["Number", "Number", "Grade", "Start", "Shoe Size", ""]) == [
        ("FILE005", {"columns": 'Columns "Name", "Credits" are'}),
        ("FILE006", {"name": "Shoe Size"}),
        ("FILE006", {"name": "(no name, column 6)"}),
        ("FILE007", {"count": "Two", "column": "Number"}),
    ]


def test_a_row_of_data_is_no_header():
    assert faults(["0123", "Mildred", "P", "2020-09-01", "1"]) == [("FILE004", {"row": "1"})]


def test_the_header_of_another_file_type_is_known():
    other = msgspec.structs.replace(LAYOUT, name="Other", columns={"Shoe": column("Shoe", Text(4), example="9")})
    assert faults(["Shoe"], others=[LAYOUT, other]) == [("FILE008", {"other": "Other", "name": "Small"})]


def test_a_header_of_too_many_columns_is_refused():
    assert faults(NAMES, beyond=496) == [("FILE016", {"count": "501", "limit": "500"})]
    assert faults(NAMES, beyond=0) == []


@pytest.mark.parametrize("has_row_names", [True, False])
def test_a_column_that_numbers_the_rows_needs_no_name(has_row_names):
    header = match_header(["", *NAMES], LAYOUT, has_row_names=has_row_names)
    assert header.is_refused is not has_row_names


def test_a_fix_file_has_columns_of_its_own():
    assert own_positions([*NAMES, "Row", "What to fix"]) == {5, 6}
    assert own_positions([*NAMES, "Row", "What to fix", "First file", "First row"]) == {5, 6, 7, 8}
    assert own_positions([*NAMES, "First file", "First row"]) == set()
    assert is_fix_file(["ROW", "what_to_fix"])
    assert own_positions([*NAMES, "Row"]) == set()


def test_blank_names_at_the_end_are_cut():
    assert drop_blank_end(["Number", "", "Name", "", " "]) == ["Number", "", "Name"]
