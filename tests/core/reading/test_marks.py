"""Marks that programs leave in front of a file and behind it, and signs that divide columns."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.reading.test_row_names import NAMES, codes, read, row
from tidegate.core.reading.decoding import find_end_mark

HEADER = ",".join(NAMES)
LINE = ",".join(row(0))
UTF8_MARK = b"\xef\xbb\xbf"


@pytest.mark.parametrize("code_page", ["cp1252", "latin-1", "cp1250", "cp1251", "cp850", "cp437", "mac_roman"])
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("quoted", [True, False])
def test_a_mark_that_was_read_as_letters_is_left_out(read_bytes, code_page, times, quoted):
    letters = UTF8_MARK.decode(code_page) * times
    header = ",".join(f'"{name}"' for name in NAMES) if quoted else HEADER
    for content in (f"{letters}{header}\n{LINE}\n", f"\ufeff{letters}{header}\n{LINE}\n"):
        reading = read_bytes(content.encode())
        assert [(issue.code, issue.words) for issue in reading.issues] == [("FILE037", {"letters": letters})]
        assert reading.rows.height == 1


@pytest.mark.parametrize("codec", ["utf-8", "cp1252", "utf-16"])
@pytest.mark.parametrize("letters", ["\u00fe\u00ff", "\u00ff\u00fe"])
def test_a_mark_of_utf16_that_was_read_as_letters_is_left_out(read_bytes, letters, codec):
    assert codes(read_bytes(f"{letters}{HEADER}\n{LINE}\n".encode(codec))) == ["FILE037"]


def test_a_mark_that_was_misread_three_times_is_left_out(read_bytes):
    letters = UTF8_MARK.decode("cp1252").encode().decode("cp1252").encode().decode("cp1252")
    assert codes(read_bytes(f"{letters}{HEADER}\n{LINE}\n".encode())) == ["FILE037"]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("is_exact", [True, False])
@pytest.mark.parametrize("end", ["\x1a", "\x1a\r\n", "\x1a\0\0\0", "\r\n\x1a", "\x1a\r\n\x1a", "\0\0\x1a"])
def test_the_end_mark_of_dos_is_no_part_of_the_last_value(read_bytes, end, is_exact, codec):
    for last in ("3", '"3"'):
        reading = read_bytes(f"{HEADER}\r\n{LINE}\r\n{LINE}{last}{end}".encode(codec), is_exact=is_exact)
        assert reading.issues == []
        assert reading.rows["PostsecondaryCredits"].to_list() == ["", "3"]


@given(st.text(alphabet="a\u201a\u0d1a\x1a\0\n ", max_size=40), st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]))
def test_the_end_mark_is_found_sign_by_sign(text, codec):
    with tempfile.NamedTemporaryFile() as file:
        file.write(text.encode(codec))
        file.flush()
        found = find_end_mark(Path(file.name), codec)
    bare = text.rstrip("\x1a\0\n ")
    behind = text[len(bare) :]
    expected = None
    if "\x1a" in behind:
        expected = len(text[: len(bare) + min(behind.find(sign) % 1000 for sign in "\x1a\0")].encode(codec))
    assert found == expected


@pytest.mark.parametrize(
    ("sign", "name"),
    [(" ", "spaces"), ("^", "carets (^)"), ("~", "tildes (~)"), ("||", "two pipes (||)"), (":", "colons (:)"),
     ("\x1f", "a sign that cannot be seen (U+001F)"), ("\x01", "a sign that cannot be seen (U+0001)")],
)  # fmt: skip
@pytest.mark.parametrize("is_quoted", [True, False])
def test_another_delimiter_is_named(sign, name, is_quoted):
    names = [f'"{name}"' for name in NAMES] if is_quoted else NAMES
    reading = read(names, [[cell or "NA" for cell in row(0)]], sign)
    assert [(issue.code, issue.words) for issue in reading.issues] == [("FILE034", {"sign": name})]


def test_a_title_with_spaces_is_not_taken_for_columns(read_bytes):
    assert codes(read_bytes(b"CTE students of the school year\n")) == ["FILE005", "FILE006"]
