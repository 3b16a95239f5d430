"""Lines become records as a spreadsheet sees them: quoted line breaks, doubled quotes, and quotes gone wrong."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

LONGEST_CELL = 32_767
"""The most characters that a spreadsheet's cell holds; a quoted value that goes on longer was never closed."""

BLANKS = " \t\r\n\u00a0\u2007\u202f\u200b\u2060\ufeff"
"""What looks like nothing in a spreadsheet's cell: spaces of every kind, also those that have no width."""

csv.field_size_limit(1 << 30)  # the default of 131,072 characters aborts; our own limits have their own sentences


class Damage(StrEnum):
    """What is wrong with a record as a whole; the values are the codes of the reading rules."""

    NONE = ""
    QUOTE_NOT_CLOSED = "FILE022"
    QUOTE_INSIDE = "FILE023"


class Record(NamedTuple):
    """One row of a spreadsheet. `row` counts from 1, blank rows included."""

    row: int
    cells: list[str]
    damage: Damage


def split_records(lines: Iterable[str], delimiter: str) -> Iterator[Record]:
    """Yield every record of the file, in order. Never raises: a broken quote spoils its own line, not the rest."""
    waiting: deque[str] = deque()
    source = iter(lines)
    row = 0
    while True:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            return
        row += 1
        if '"' not in line:
            yield Record(row, line.rstrip("\r\n").split(delimiter), Damage.NONE)
        else:
            yield Record(row, *_parse_quoted(line, waiting, source, delimiter))


def _parse_quoted(line: str, waiting: deque[str], source: Iterator[str], delimiter: str) -> tuple[list[str], Damage]:
    """Return the cells of the record that begins with `line`; lines that turn out not to belong to it go back."""
    taken = [line]
    length = len(line)
    while True:
        cells = _parse("".join(taken), delimiter)
        if cells is not None:
            return cells, Damage.NONE
        if cells is None and not _is_open("".join(taken), delimiter):
            break
        grown = False
        while length <= LONGEST_CELL and (following := waiting.popleft() if waiting else next(source, None)):
            taken.append(following)
            length += len(following)
            if '"' in following:
                grown = True
                break
        if not grown:
            break
    waiting.extendleft(reversed(taken[1:]))
    damage = Damage.QUOTE_NOT_CLOSED if _is_open(line, delimiter) else Damage.QUOTE_INSIDE
    return line.rstrip("\r\n").split(delimiter), damage


def _parse(text: str, delimiter: str) -> list[str] | None:
    """Return the cells of one record, None where its quotes do not work out."""
    try:
        return next(csv.reader([text.rstrip("\r\n")], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


def _is_open(text: str, delimiter: str) -> bool:
    """Whether the text ends inside a quoted value, so that the next line may belong to it."""
    try:
        next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False
