"""Files of every spelling are read alike, and every row keeps the number that a spreadsheet shows."""

import io
import zipfile
from functools import partial

import openpyxl
import pytest

from tidegate.core.reading.read_file import Reading
from tidegate.file_types import find, find_all

CTE = find("cte").layout
LAYOUTS = [kind.layout for kind in find_all().values()]
HEADER = ",".join(CTE.columns)
ROW = "1000,2001,900000001,1,01.0205,2020-09-01,,1.50,"


@pytest.fixture
def read(read_bytes):
    return partial(read_bytes, others=LAYOUTS)


def codes(reading: Reading) -> list[tuple[str, int | None]]:
    return [(issue.code, issue.row) for issue in reading.issues]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_every_encoding_gives_the_same_text(read, codec):
    text = f"{HEADER}\n{ROW}\n" + ROW.replace("900000001,1", "900000002,Zoë")
    reading = read(text.encode(codec))
    assert reading.rows["SchoolStudentID"].to_list() == ["1", "Zoë"]
    assert reading.issues == []


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_delimiter_and_line_end_gives_the_same_rows(read, delimiter, end):
    reading = read(end.join([HEADER, ROW, ROW]).replace(",", delimiter))
    assert reading.rows["row"].to_list() == [2, 3]
    assert reading.rows["CTECode"].to_list() == ["01.0205", "01.0205"]


def test_line_ends_may_be_mixed(read):
    assert read(f"{HEADER}\r\n{ROW}\r{ROW}\n{ROW}").rows["row"].to_list() == [2, 3, 4]


def test_header_names_are_taken_in_any_case_with_spaces_and_underscores(read):
    header = HEADER.replace("SAUID", "sau id").replace("StateStudentID", "STATE_STUDENT_ID")
    assert read(f"{header}\n{ROW}").rows["StateStudentID"].to_list() == ["900000001"]


def test_blank_rows_do_not_count_but_keep_their_number(read):
    reading = read(f"{HEADER}\n\n{ROW}\n,,,,,,,,\n   \n{ROW}\n\n")
    assert reading.rows["row"].to_list() == [3, 6]


def test_a_quoted_line_break_is_one_row(read):
    reading = read(
        f"{HEADER}\n{ROW.replace('900000001,1', chr(34).join(['900000001,', 'a' + chr(10) + 'b', '']))}\n{ROW}"
    )
    assert reading.rows["row"].to_list() == [2, 3]
    assert reading.rows["SchoolStudentID"].to_list() == ["a\nb", "1"]


def test_trailing_empty_columns_are_cut(read):
    reading = read(f"{HEADER},,,,\n{ROW},,,,\n{ROW}\n")
    assert reading.issues == []
    assert reading.rows.height == 2


def test_a_comma_in_a_number_is_an_error_and_one_at_the_end_a_warning(read):
    reading = read(f"{HEADER}\n{ROW}\n{ROW.replace('1.50', '1,50')}\n{ROW}\n")
    assert codes(reading) == [("FILE046", 3)]
    (issue,) = reading.issues
    assert (issue.words["column"], issue.words["text"]) == ("CreditsEarned", "1,50")
    reading = read(f"{HEADER}\n{ROW}\n{ROW},\n{ROW}\n")
    assert codes(reading) == [("FILE028", 3)]


def test_rows_that_all_have_a_blank_cell_more_than_the_header_are_warned_of_once(read):
    assert codes(read(f"{HEADER}\n{ROW},\n{ROW},\n{ROW},\n")) == [("FILE029", 1)]
    assert codes(read(f"{HEADER},\n{ROW},\n{ROW},\n")) == []


def test_a_comma_in_the_number_of_every_row_is_an_error_of_each(read):
    moved = ROW.replace("1.50", "0,75")
    assert codes(read(f"{HEADER}\n{moved}\n{moved}\n{moved}\n")) == [("FILE046", row) for row in (2, 3, 4)]


def test_where_one_row_shows_a_comma_at_its_end_two_numbers_are_two(read):
    both = f"{ROW.replace('1.50,', '1,3')},"
    reading = read(f"{HEADER}\n{both}\n{ROW},\n{both}\n")
    assert codes(reading) == [("FILE029", 1)]
    assert reading.rows["PostsecondaryCredits"].to_list() == ["3", "", "3"]


def test_a_row_that_ends_before_blank_columns_is_read_with_a_notice(read):
    reading = read(f"{HEADER}\n{ROW.removesuffix(',')}\n")
    assert codes(reading) == [("FILE024", None)]
    assert reading.rows["PostsecondaryCredits"].to_list() == [""]


def test_short_and_long_rows_are_named_and_the_others_read(read):
    reading = read(f"{HEADER}\n1000,2001\n{ROW}\n{ROW},x\n{ROW}")
    assert codes(reading) == [("FILE020", 2), ("FILE021", 4)]
    assert reading.rows["row"].to_list() == [2, 3, 4, 5]


def test_an_open_quote_spoils_its_own_row_only(read):
    spoiled = ROW.replace("01.0205", '"01.0205')
    reading = read(f"{HEADER}\n{ROW}\n{spoiled}\n{ROW}\n{ROW}\n")
    assert codes(reading) == [("FILE022", 3)]
    assert reading.rows["row"].to_list() == [2, 3, 4, 5]


def test_an_open_quote_before_a_quoted_row_spoils_its_own_row_only(read):
    spoiled = ROW.replace("01.0205", '"01.0205')
    quoted = ",".join(f'"{cell}"' for cell in ROW.split(","))
    reading = read(f"{HEADER}\n{spoiled}\n{quoted}\n{quoted}\n")
    assert codes(reading) == [("FILE022", 2)]
    assert reading.rows["row"].to_list() == [2, 3, 4]
    assert reading.rows["CTECode"].to_list()[1:] == ["01.0205", "01.0205"]


def test_text_after_a_closing_quote_is_named(read):
    reading = read(f"{HEADER}\n{ROW.replace('01.0205', chr(34) + '01' + chr(34) + '.0205')}\n{ROW}\n")
    assert codes(reading) == [("FILE023", 2)]


@pytest.mark.parametrize("value", [r'"says \"hello\""', r'"5\""', '"two\nlines, \\""'])
@pytest.mark.parametrize("is_exact", [True, False])
def test_a_quote_that_is_written_with_a_backslash_is_named(read, value, is_exact):
    spoiled = ROW.replace(",1,", f",{value},", 1)
    quoted = ",".join(f'"{cell}"' for cell in ROW.split(","))
    reading = read(f"{HEADER}\n{ROW}\n{spoiled}\n{quoted}\n{quoted}\n", is_exact=is_exact)
    assert codes(reading)[0] == ("CELL130", 3)
    assert reading.rows["StateStudentID"].to_list()[-2:] == ["900000001"] * 2


def test_a_backslash_at_the_end_of_a_quoted_value_is_a_sign(read):
    reading = read(f"{HEADER}\n{ROW.replace(',1,', ',' + chr(34) + 'C:' + chr(92) + chr(34) + ',', 1)}\n")
    assert (codes(reading), reading.rows["SchoolStudentID"].to_list()) == ([], ["C:\\"])


def test_a_quote_within_an_unquoted_value_is_part_of_it(read):
    reading = read(f"{HEADER}\n{ROW.replace(',1,', ',O' + chr(34) + 'B,', 1)}\n")
    assert reading.rows["SchoolStudentID"].to_list() == ['O"B']


def test_a_repeated_header_is_named(read):
    assert codes(read(f"{HEADER}\n{ROW}\n{HEADER}\n{ROW}\n")) == [("FILE025", 3)]


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf", b",,,\n,,\n"])
def test_an_empty_file_is_said_to_be_empty(read, content):
    assert codes(read(content)) == [("FILE001", None)]


def test_a_header_without_rows_is_said_to_have_none(read):
    assert codes(read(f"{HEADER}\n\n")) == [("FILE003", None)]


def test_a_file_without_a_header_says_so(read):
    assert codes(read(f"{ROW}\n{ROW}\n")) == [("FILE004", 1)]


def test_all_faults_of_a_header_are_listed_at_once(read):
    reading = read("SAUID,SAU_ID,Foo\n1,2,3\n")
    assert [issue.code for issue in reading.issues] == ["FILE005", "FILE006", "FILE007"]
    assert reading.is_refused


def test_another_types_file_is_named_as_what_it_is(read):
    header = ",".join(find("student-enrollment").layout.columns)
    assert read(f"{header}\n1\n").issues[0].words == {"other": "Student Enrollment", "name": "CTE"}


def _xlsx() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(list(CTE.columns))
    book.save(out := io.BytesIO())
    return out.getvalue()


def _zip() -> bytes:
    with zipfile.ZipFile(out := io.BytesIO(), "w") as archive:
        archive.writestr("upload.csv", HEADER)
    return out.getvalue()


def _damaged_zip(compression: int) -> bytes:
    """A spreadsheet's archive whose first member, which says what it is, cannot be unpacked."""
    with zipfile.ZipFile(out := io.BytesIO(), "w", compression) as archive:
        archive.writestr("mimetype", b"application/vnd.oasis.opendocument.spreadsheet" * 20)
    damaged = bytearray(out.getvalue())
    damaged[40:55] = b"\xff" * 15
    return bytes(damaged)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (_xlsx(), "an Excel workbook (XLSX)"),
        (_damaged_zip(zipfile.ZIP_STORED), "a ZIP archive"),
        (_damaged_zip(zipfile.ZIP_DEFLATED), "a ZIP archive"),
        (_damaged_zip(zipfile.ZIP_BZIP2), "a ZIP archive"),
        (_damaged_zip(zipfile.ZIP_LZMA), "a ZIP archive"),
        (_zip(), "a ZIP archive"),
        (b"PK\x03\x04 broken", "a ZIP archive"),
        (b"%PDF-1.7\n%...", "a PDF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "an Excel workbook (XLS)"),
        (b"<!DOCTYPE html><html>", "a web page (HTML)"),
        (bytes(range(256)) * 4, "not a text file"),
    ],
)
def test_a_file_that_is_no_text_is_named_as_what_it_is(read, content, name):
    reading = read(content)
    assert reading.is_refused
    assert reading.issues[0].words == {"content": name}


def test_columns_of_a_large_file_are_each_in_one_piece(read):
    rows = read(HEADER + "\n" + f"{ROW}\n" * 40_000).rows.drop("row")
    assert {column.n_chunks() for column in rows} == {1}
