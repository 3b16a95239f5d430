"""Mac Roman is read where letters and line ends show it, and nothing else is taken for it."""

import pytest

from tidegate.core.reading.guess_code_page import is_mac_roman
from tidegate.core.reading.limits import Limits
from tidegate.core.reading.read_file import read_file
from tidegate.file_types import find

NEW_STATE_ID = find("new-state-id").layout
HEADER = ",".join(NEW_STATE_ID.columns)
NAMES = [
    "L\u00e9vesque",
    "Zo\u00eb",
    "Mu\u00f1oz",
    "Garc\u00eda",
    "Pe\u00f1a",
    "L\u00c9VESQUE",
    "MU\u00d1OZ",
    "O\u2019Neil",
    "Schr\u00f6der",
    "Jes\u00fas",
]
SURE = ["L\u00e9vesque", "Jos\u00e9", "Ren\u00e9e", "O\u2019Neil", "L\u00c9VESQUE", "Jes\u00fas"]
OTHERS = [
    "\u201cquoted\u201d words",
    "don\u2019t",
    "D\u2019Angelo",
    "Tom\u00e1\u0161",
    "wait\u2026",
    "5\u00ba, 20\u00b0C \u00bd",
    "Smith\u2013Jones",
]


@pytest.fixture
def read(tmp_path):
    def read_names(names, codec, end, **how):
        rows = [f'1000,{number},"{name}",Ro,,,2004-05-17,F,11' for number, name in enumerate(names)]
        path = tmp_path / "upload.csv"
        path.write_bytes((end.join([HEADER, *rows]) + end).encode(codec))
        reading = read_file(path, NEW_STATE_ID, **how)
        return reading.rows["LastName"].to_list(), [issue.code for issue in reading.issues]

    return read_names


@pytest.mark.parametrize("is_exact", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_one_name_with_cr_line_ends_is_enough(read, name, is_exact):
    assert read([name], "mac_roman", "\r", is_exact=is_exact) == ([name], ["FILE036"])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", SURE)
def test_a_name_that_is_none_in_windows_1252_tells_by_itself(read, name, end):
    assert read([name], "mac_roman", end) == ([name], ["FILE036"])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_names_tell_together_what_one_leaves_open(read, end):
    assert read(NAMES, "mac_roman", end) == (NAMES, ["FILE036"])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("text", [*NAMES, *OTHERS])
def test_windows_1252_stays_windows_1252(read, text, end):
    assert read([text], "cp1252", end) == ([text], [])


@pytest.mark.parametrize("name", NAMES[:7])
def test_letters_of_dos_are_not_taken_for_mac_roman(read, name):
    assert read([name], "cp850", "\r\n")[1] == []


def test_the_guess_does_not_hang_on_chunks(read):
    names = ["Roe"] * 300 + ["L\u00e9vesque"] + ["Roe"] * 300
    assert read(names, "mac_roman", "\r", limits=Limits(chunk_bytes=100)) == (names, ["FILE036"])


def test_utf8_with_a_stray_byte_is_no_mac_roman(read, tmp_path):
    path = tmp_path / "mixed.csv"
    line = "1000,1,{},Ro,,,2004-05-17,F,11\r\n".format
    path.write_bytes(f"{HEADER}\r\n".encode() + line("Zo\u00eb").encode() + line("Ren\u00e9").encode("cp1252"))
    reading = read_file(path, NEW_STATE_ID)
    assert reading.rows["LastName"].to_list() == ["Zo\u00eb", "Ren\u00e9"]
    assert [issue.code for issue in reading.issues] == ["FILE014"]


@pytest.mark.parametrize("word", ["a" * 1_000_000 + ",\u00e9", "\u00e9" * 1_000_000, "a\u00e9" * 500_000])
def test_very_long_words_take_no_longer_than_short_ones(word, tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(f"{word}\r\n".encode("cp1252"))
    assert not is_mac_roman(path)  # for each letter the whole word was gone through, which took days
