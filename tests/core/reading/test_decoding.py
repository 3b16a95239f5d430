"""The bytes of a file tell how it spells text, and its lines come out of it whole."""

import pytest

from tidegate.core.reading.decoding import (
    decode_stray_bytes,
    detect_encoding,
    find_end_mark,
    lines_of,
    mark_stray_bytes,
)
from tidegate.core.reading.records import MAX_LINE_CHARACTERS


@pytest.fixture
def write(tmp_path):
    def write_bytes(content: bytes):
        path = tmp_path / "upload.csv"
        path.write_bytes(content)
        return path

    return write_bytes


@pytest.mark.parametrize(
    ("content", "codec"),
    [
        (b"name\nZoe\n", "utf-8"),
        ("name\nZoë\n".encode(), "utf-8"),
        ("name\nZoë\n".encode("utf-8-sig"), "utf-8-sig"),
        ("name\nZoë\n".encode("utf-16"), "utf-16"),
        ("name\nZoë\n".encode("utf-16-be"), "utf-16-be"),
        ("name\nZoë\n".encode("utf-32"), "utf-32"),
        ("name\nZoë\n".encode("cp1252"), "cp1252"),
    ],
)
def test_the_bytes_tell_the_codec_and_the_text_is_read(write, content, codec):
    path = write(content)
    encoding = detect_encoding(path)
    assert encoding.codec == codec
    assert list(lines_of(path, encoding)) == ["name\n", content.decode(codec).splitlines()[1] + "\n"]


def test_a_file_of_two_spellings_is_read_as_both(write):
    path = write("Zoë\n".encode() + "Renée\n".encode("cp1252"))
    encoding = detect_encoding(path)
    assert (encoding.is_mixed, encoding.is_utf8) == (True, False)
    assert [decode_stray_bytes(line) for line in lines_of(path, encoding)] == ["Zoë\n", "Renée\n"]


def test_no_byte_is_too_odd_to_be_read(write):
    path = write(bytes(range(256)))
    assert "".join(lines_of(path, detect_encoding(path)))


def test_each_line_end_ends_a_line_and_nothing_else_does(write):
    path = write("a\nb\r\nc\rd\x0be\x85f\u2028g".encode())
    assert list(lines_of(path, detect_encoding(path))) == ["a\n", "b\r\n", "c\r", "d\x0be\x85f\u2028g"]


def test_of_a_line_that_is_too_long_a_part_is_read_and_counted(write):
    path = write(b"x," * MAX_LINE_CHARACTERS + b"\nnext\n")
    cut, following = lines_of(path, detect_encoding(path))
    assert MAX_LINE_CHARACTERS < len(cut) < MAX_LINE_CHARACTERS + 10
    assert cut.count(",") + cut.rest[","] == MAX_LINE_CHARACTERS
    assert following == "next\n"


def test_the_text_ends_before_the_mark_of_dos(write):
    path = write(b"a,b\n1,2\n\x1a\x00\x00")
    assert find_end_mark(path, "utf-8") == len("a,b\n1,2\n")
    assert list(lines_of(path, detect_encoding(path))) == ["a,b\n", "1,2\n"]
    assert find_end_mark(write(b"a\x1ab\n"), "utf-8") is None


def test_a_letter_that_was_mended_can_be_marked():
    stray = b"Ren\xe9e".decode("utf-8", "surrogateescape")
    assert (decode_stray_bytes(stray), mark_stray_bytes(stray)) == ("Renée", "Ren\ufdd0ée")
