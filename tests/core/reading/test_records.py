"""Lines become records as a spreadsheet sees them; a quote gone wrong spoils its own line, not the rest."""

import pytest

from tidegate.core.reading.records import (
    MAX_CELL_CHARACTERS,
    MAX_LINE_CHARACTERS,
    Damage,
    Record,
    is_blank,
    split_records,
)


def records(text: str, delimiter: str = ",", **how) -> list[Record]:
    return list(split_records(text.splitlines(keepends=True), delimiter, **how))


def cells(text: str, delimiter: str = ",") -> list[list[str]]:
    return [record.cells for record in records(text, delimiter)]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_a_line_is_cut_at_its_delimiters(delimiter):
    assert cells("a,b,\r\n,c".replace(",", delimiter), delimiter) == [["a", "b", ""], ["", "c"]]


def test_rows_are_numbered_as_a_spreadsheet_numbers_them():
    assert [record.row for record in records("a\n\nb", first_row=5)] == [5, 6, 7]


def test_quotes_hold_delimiters_and_doubled_quotes():
    assert cells('"a,b","say ""no"""\nc') == [["a,b", 'say "no"'], ["c"]]


def test_a_quoted_line_break_makes_one_record_of_two_lines():
    first, second = records('"a\nb",c\nd')
    assert (first.row, first.cells, first.line_count) == (1, ["a\nb", "c"], 2)
    assert (second.row, second.cells) == (2, ["d"])


@pytest.mark.parametrize(
    ("line", "damage"),
    [
        ('"a,b', Damage.QUOTE_NOT_CLOSED),
        ('"a"x,b', Damage.QUOTE_INSIDE),
        (r'"a\"x",b', Damage.QUOTE_ESCAPED),
        ("x" * (MAX_LINE_CHARACTERS + 1), Damage.LINE_TOO_LONG),
    ],
)
def test_a_damaged_line_is_told_and_the_next_one_is_whole(line, damage):
    first, second = records(f"{line}\nc,d\n")
    assert (first.damage, first.line_count) == (damage, 1)
    assert second == Record(2, ["c", "d"])


def test_an_open_quote_goes_on_no_longer_than_a_cell():
    lines = ['"open\n', *["x" * 1000 + "\n"] * (MAX_CELL_CHARACTERS // 1000 + 2), 'end"\n']
    found = list(split_records(lines, ","))
    assert len(found) == len(lines)
    assert found[0].damage is Damage.QUOTE_NOT_CLOSED


def test_spaces_outside_quotes_are_left_out_and_told():
    assert records('a, "b,c" ,d') == [Record(1, ["a", "b,c", "d"], spaced=(1,))]


def test_a_row_of_spaces_and_marks_is_blank():
    assert is_blank([" ", "\u00a0", "\u200b", "\x00\x1a", ""])
    assert not is_blank(["", "0"])


def test_the_cells_of_a_damaged_line_stand_without_quotes():
    assert cells('"0123","Mildred,"x"') == [["0123", '"Mildred', "x"]]
