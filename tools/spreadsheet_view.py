"""A file as a spreadsheet shows it, sign by sign: slow, plain, and independent of what tidegate reads with."""

import codecs
import re
from collections.abc import Iterator

_ODD_SPACES = "\x0b\x0c\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u2800\u3000"
_RANGES = (
    *((0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2000, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F)),
    *((0xFE00, 0xFE0F), (0xFFF9, 0xFFFC)),
)
_NO_WIDTH = "\u00ad\u034f\u061c\u3164\ufeff\uffa0" + "".join(chr(sign) for a, b in _RANGES for sign in range(a, b + 1))
BLANK = f" \t\r\n{_ODD_SPACES}{_NO_WIDTH}\x00\x1a"


_AFTER_THE_END = re.compile(r"\x1a[\x1a\x00 \r\n]*\Z")


def decode(content: bytes) -> str:
    """Return the text of a file, up to the mark by which DOS programs end it: an independent view, slow and plain."""
    return _AFTER_THE_END.sub("", _decode(content))


def _decode(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace").lstrip("\ufeff")
    text, rest = "", content
    while rest:
        try:
            return (text + rest.decode("utf-8")).lstrip("\ufeff")
        except UnicodeDecodeError as error:
            text += rest[: error.start].decode("utf-8")
            for byte in rest[error.start : error.end]:
                undefined = byte in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
                text += chr(byte) if undefined else bytes([byte]).decode("cp1252")
            rest = rest[error.end :]
    return text.lstrip("\ufeff")


def rows_of(text: str, delimiter: str) -> Iterator[tuple[int, list[str], bool]]:
    """Yield each row as a spreadsheet numbers it, with its cells and whether its quotes are broken, sign by sign."""
    place = row = 0
    while place < len(text):
        row += 1
        line_end = _end_of_line(text, place)
        found = _spaced_row(text[place:line_end], delimiter) or _row_at(text, place, delimiter)
        if found is None:
            cells = text[place:line_end].split(delimiter)
            yield row, [cell[1:-1] if re.fullmatch('".*"', cell, re.DOTALL) else cell for cell in cells], True
            place = _after_line(text, line_end)
        else:
            cells, end = found
            place = _after_line(text, line_end if end is None else end)
            yield row, cells, False


def _end_of_line(text: str, place: int) -> int:
    while place < len(text) and text[place] not in "\r\n":
        place += 1
    return place


def _after_line(text: str, place: int) -> int:
    return place + (2 if text[place : place + 2] == "\r\n" else 1)


def _row_at(text: str, place: int, delimiter: str) -> tuple[list[str], int] | None:
    cells = []
    while True:
        if text[place : place + 1] == '"':
            quoted = _quoted_cell(text, place, delimiter)
            if quoted is None:
                return None
            cell, place = quoted
        else:
            begin = place
            while place < len(text) and text[place] not in f"\r\n{delimiter}":
                place += 1
            cell = text[begin:place]
        cells.append(cell)
        if place >= len(text) or text[place] in "\r\n":
            return cells, place
        place += 1


def _quoted_cell(text: str, place: int, delimiter: str) -> tuple[str, int] | None:
    cell, place = "", place + 1
    while text[place : place + 1] != '"' or text[place : place + 2] == '""':
        if place >= len(text):
            return None
        cell, place = cell + text[place], place + (2 if text[place] == '"' else 1)
    place += 1
    return None if place < len(text) and text[place] not in f"\r\n{delimiter}" else (cell, place)


def _spaced_row(  # noqa: C901 - a plain walk, sign by sign, is what makes it independent
    line: str, delimiter: str
) -> tuple[list[str], None] | None:
    """Return the cells of a line that is right once spaces outside of double quotes are gone; None for all others."""
    place, cells, has_spaces = 0, [], False
    while True:
        start = place
        while line[place : place + 1] == " ":
            place += 1
        if line[place : place + 1] == '"':
            quote, place = place, place + 1
            while line[place : place + 1] != '"' or line[place : place + 2] == '""':
                if place >= len(line):
                    return None
                place += 2 if line[place : place + 2] == '""' else 1
            cells.append(line[quote + 1 : place].replace('""', '"'))
            place += 1
            after = place
            while line[place : place + 1] == " ":
                place += 1
            has_spaces = has_spaces or quote > start or place > after
        else:
            while place < len(line) and line[place] not in f'"{delimiter}':
                place += 1
            cells.append(line[start:place])
        if place >= len(line):
            return (cells, None) if has_spaces else None
        if line[place] != delimiter:
            return None
        place += 1
