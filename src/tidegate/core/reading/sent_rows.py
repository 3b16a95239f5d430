"""Reads rows of a file as they were sent: their cells with nothing done to them, and the text of each."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import msgspec

from tidegate.core.layouts.layout import Layout, fold_name
from tidegate.core.reading.decoding import decode_stray_bytes, detect_encoding, lines_of
from tidegate.core.reading.header import FIRST_FILE, FIRST_ROW, is_fix_file, own_positions
from tidegate.core.reading.preamble import Preamble, find_preamble, take_head
from tidegate.core.reading.records import split_records

_MAX_TEXT = 10_000


class SentRow(NamedTuple):
    """A row as it was sent.

    Attributes:
        row: Its number.
        cells: As many cells as the header has names.
        more: The cells beyond them, without blank ones at the end.
        text: The row as it is written in the file.
        first: In a fix file the name of the very first file and the row's number there; None for a row that somebody
            has added, and in any other file.
    """

    row: int
    cells: list[str]
    more: list[str]
    text: str
    first: tuple[str, str] | None


class SentFile(msgspec.Struct, frozen=True):
    """A file whose header was found.

    `names` are the header's, without columns that programs add: those of a fix file, and row numbers in front. The
    header is row `header_row`.
    """

    names: list[str]
    header_row: int
    _lines: Iterator[str]
    _top: Preamble
    _is_mixed: bool

    def rows(self, wanted: Iterable[int]) -> Iterator[SentRow]:
        """Yield the rows of these numbers, which go upward. The file is read once, and no further than it must be."""
        numbers = iter(wanted)
        number = next(numbers, None)
        read: deque[str] = deque()  # the lines from the present record on
        records = split_records(_noting(self._lines, read), self._top.delimiter, first_row=self._top.first_row)
        while number is not None and (record := next(records, None)) is not None:
            lines = [read.popleft() for _ in range(record.line_count)]
            if record.row >= number:
                yield self._sent(number, record.cells, "".join(lines)[:_MAX_TEXT].rstrip("\r\n"))
                number = next(numbers, None)

    def _sent(self, row: int, cells: list[str], text: str) -> SentRow:
        if self._is_mixed:
            cells, text = [decode_stray_bytes(cell) for cell in cells], decode_stray_bytes(text)
        width = len(self._top.names)
        filled = [*cells[:width], *[""] * (width - len(cells))]
        more = _without_blank_end(cells[width:])
        return SentRow(row, _own_cells(self._top, filled), more, text, self._first(filled))

    def _first(self, cells: list[str]) -> tuple[str, str] | None:
        """Find where the row of a fix file stood at first.

        Returns:
            The texts of FIRST_FILE and FIRST_ROW; None if the file has not both, or one is blank.
        """
        folded = [fold_name(name) for name in self._top.names]
        positions = [folded.index(name) for name in map(fold_name, (FIRST_FILE, FIRST_ROW)) if name in folded]
        first = [cells[position].strip() for position in positions] if is_fix_file(self._top.names) else []
        return (first[0], first[1]) if len(first) == len((FIRST_FILE, FIRST_ROW)) and all(first) else None


def sent_file(path: Path, layout: Layout, *, may_be_refused: bool = False) -> SentFile | None:
    """Return the file at `path`; None if it has no header of the layout, unless its header may be refused."""
    encoding = detect_encoding(path)
    lines = lines_of(path, encoding)
    head = take_head(lines)
    top = find_preamble(head, layout)
    if top is None or (top.header.is_refused and not may_be_refused):
        return None
    rest = chain(head[top.line_count :], lines)
    return SentFile(_own_cells(top, top.names), top.first_row - 1, rest, top, encoding.is_mixed)


def _own_cells(top: Preamble, cells: Iterable[str]) -> list[str]:
    """Return the cells of a row that are in the uploader's own columns."""
    added = own_positions(top.names) | ({0} if top.has_row_names else set())
    return [cell for position, cell in enumerate(cells) if position not in added]


def _noting(lines: Iterable[str], read: deque[str]) -> Iterator[str]:
    for line in lines:
        read.append(line)
        yield line


def _without_blank_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells.pop()
    return cells
