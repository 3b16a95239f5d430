"""Reads a fix file's own columns when it comes back: its original rows, and the days in doubt."""

import re
from calendar import month_name
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from tidegate.core.layouts.layout import Layout, fold_name
from tidegate.core.parsing.day_order import DaysInDoubt
from tidegate.core.reading.decoding import detect_encoding, lines_of
from tidegate.core.reading.header import FIX_COLUMN, ROW_COLUMN, own_positions
from tidegate.core.reading.preamble import find_preamble, take_head
from tidegate.core.reading.records import split_records

_MONTHS = month_name[1:]
_DAY = rf"({'|'.join(_MONTHS)}) ([0-9]{{1,2}})"
# How CELL111 asks about a date: "may be October 11 or November 10; other dates …".
_MONTH_FIRST_IN_DOUBT = re.compile(rf" may be {_DAY} or ")
# How CELL115 asks about one, and how it did before.
_EXCHANGED_IN_DOUBT = re.compile(
    rf" is {_DAY}, or [A-Z][a-z]+ [0-9]{{1,2}} if day and month were (?:swapped|exchanged); "
)


def rows_to_fix(path: Path, layout: Layout) -> dict[int, int]:
    """Return the column `Row` of the fix file at `path`, by row: the row of the file that it was
    made from.

    A row that somebody has added has no number there, or another row's. Empty for any other file.
    """
    made_from: dict[int, int] = {}
    for row, text in _cells_of(ROW_COLUMN, path, layout):
        if text.strip().isdecimal() and len(text.strip()) < 10:
            made_from.setdefault(int(text), row)
    return {row: number for number, row in made_from.items()}


def days_in_doubt(path: Path, layout: Layout) -> DaysInDoubt:
    """Return the months and days that the notes of the fix file at `path` ask about."""
    month_first, exchanged = set[tuple[int, int]](), set[tuple[int, int]]()
    for _, note in _cells_of(FIX_COLUMN, path, layout):
        for days, asked in ((month_first, _MONTH_FIRST_IN_DOUBT), (exchanged, _EXCHANGED_IN_DOUBT)):
            days.update((_MONTHS.index(month) + 1, int(day)) for month, day in asked.findall(note))
    return DaysInDoubt(frozenset(month_first), frozenset(exchanged))


def _cells_of(name: str, path: Path, layout: Layout) -> Iterator[tuple[int, str]]:
    """Yield the cells of one of a fix file's own columns, each with its row; nothing for other
    files."""
    lines = lines_of(path, detect_encoding(path))
    head = take_head(lines)
    top = find_preamble(head, layout)
    if top is None or not own_positions(top.names):
        return
    position = next(position for position, each in enumerate(top.names) if fold_name(each) == fold_name(name))
    for record in split_records(chain(head[top.line_count :], lines), top.delimiter, first_row=top.first_row):
        if len(record.cells) > position:
            yield record.row, record.cells[position]
