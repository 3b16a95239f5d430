"""Lines become records as a spreadsheet sees them: quoted line breaks, doubled quotes, and quotes gone wrong."""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import cache
from typing import NamedTuple

MAX_CELL_CHARACTERS = 32_767
"""Largest number of characters in a spreadsheet's cell. A longer quoted value was never closed."""

MAX_LINE_CHARACTERS = 1_000_000
"""Largest number of characters of a line that is read. A row with a cell of the largest size in
every column of a layout, half of it doubled quotes, is shorter."""

# Characters that are read of a line that is too long, so that the log names the row by its IDs.
_CHARACTERS_SHOWN = 1_000

_SPACES = " \t\r\n\u00a0\u3000\u0085\u1680\u2028\u2029\u202f\u205f\u2800\x0b\x0c\x1c\x1d\x1e\x1f" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_NO_WIDTH = (
    *((sign, sign) for sign in (0x00AD, 0x034F, 0x061C, 0x3164, 0xFEFF, 0xFFA0)),
    *((0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F)),
    *((0xFE00, 0xFE0F), (0xFFF9, 0xFFFC), (0xE0000, 0xE01EF)),
)
INVISIBLE = "".join(chr(sign) for first, last in _NO_WIDTH for sign in range(first, last + 1))
"""Signs without width: they order the direction of writing, allow a line break, or do nothing at all."""

BLANKS = _SPACES + "".join(sign for sign in INVISIBLE if sign < "\U000e0000")
"""What is invisible at the ends of a cell: all spaces, also those without width."""

NOTHING = f"{BLANKS}\x00\x1a"
"""What a row without any value may have: blanks, and the padding and end marks of old programs."""

# Lines that may be searched in vain for the ends of open quotes; then every open quote breaks its
# row without a search, so that a file of nothing but open quotes ends in time, too.
_MAX_FRUITLESS_LINES = 1_000_000

csv.field_size_limit(1 << 30)  # the default of 131,072 characters aborts; our own limits have their own sentences

Peek = Callable[[int], str | None]
"""Returns the line that is so many lines below the current one; None after the last."""


class Damage(StrEnum):
    """What is wrong with a record as a whole; the values are the codes of the reading rules."""

    NONE = ""
    QUOTE_NOT_CLOSED = "FILE022"
    QUOTE_INSIDE = "FILE023"
    QUOTE_ESCAPED = "CELL130"
    LINE_TOO_LONG = "FILE041"


class Record(NamedTuple):
    """One row of a spreadsheet.

    `row` counts from 1, blank rows included. `line_count` is its number of lines in the file.
    `spaced` are the positions of cells that had spaces outside their double quotes.
    """

    row: int
    cells: list[str]
    damage: Damage = Damage.NONE
    line_count: int = 1
    spaced: tuple[int, ...] = ()


def is_blank(cells: Sequence[str]) -> bool:
    """Whether no cell holds anything."""
    return not any(cell.strip(NOTHING) for cell in cells)


def split_records(lines: Iterable[str], delimiter: str, *, first_row: int = 1) -> Iterator[Record]:
    """Yield every record, in order. Never raises: a broken quote spoils its own line, not the rest."""
    waiting: deque[str] = deque()
    source = iter(lines)
    quoted = QuotedRecords(delimiter)
    row = first_row - 1
    new = tuple.__new__  # Record(...) with its defaults takes three times as long, once per line

    def peek(below: int) -> str | None:
        while len(waiting) <= below:
            following = next(source, None)
            if following is None:
                return None
            waiting.append(following)
        return waiting[below]

    while True:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            return
        row += 1
        if '"' in line or len(line) > MAX_LINE_CHARACTERS:
            record = quoted.read(row, line, peek)
            for _ in range(record.line_count - 1):
                waiting.popleft()
            yield record
        else:
            yield new(Record, (row, line.rstrip("\r\n").split(delimiter), Damage.NONE, 1, ()))


def _too_long(row: int, line: str, delimiter: str) -> Record:
    """Return the record of a line that is longer than MAX_LINE_CHARACTERS, by its beginning."""
    return Record(row, [_unquote(cell) for cell in line[:_CHARACTERS_SHOWN].split(delimiter)], Damage.LINE_TOO_LONG)


class QuotedRecords:
    """Reads the records that begin with a line in which there is a double quote, or that is very long."""

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter
        self.fruitless = 0
        self._taken = _QuotedLines()
        self._cells = csv.reader(self._taken, delimiter=delimiter, strict=True)

    @property
    def may_go_on(self) -> bool:
        """Whether the lines below an open quote are still searched for its end."""
        return self.fruitless < _MAX_FRUITLESS_LINES

    def read(self, row: int, line: str, peek: Peek) -> Record:
        """Return the record that begins with `line`; if its quotes are broken, it is that line
        alone."""
        found = self.read_unless_broken(row, line, peek)
        if isinstance(found, Record):
            return found
        return Record(row, [_unquote(cell) for cell in line.rstrip("\r\n").split(self.delimiter)], found)

    def read_unless_broken(self, row: int, line: str, peek: Peek) -> Record | Damage:
        """Return the record that begins with `line`, or what is wrong with the quotes of that line."""
        bare = line.rstrip("\r\n")
        if len(bare) > MAX_LINE_CHARACTERS:
            return _too_long(row, line, self.delimiter)
        if spaced := _parse_spaced(bare, self.delimiter):
            return Record(row, spaced[0], spaced=spaced[1])
        may_go_on = self.may_go_on
        self._taken.begin(line, peek if may_go_on else _nothing_below)
        try:
            cells = next(self._cells)
        except csv.Error as error:
            is_open = self._taken.count > 1 or "unexpected end of data" in str(error)
        else:
            return Record(row, cells, line_count=self._taken.count)
        if is_open and may_go_on:
            self.fruitless += self._taken.count
        if self._taken.has_escaped:
            return Damage.QUOTE_ESCAPED
        return Damage.QUOTE_NOT_CLOSED if is_open else Damage.QUOTE_INSIDE


class _QuotedLines:
    """Gives a CSV reader one line, and the lines below while a quote is open, up to the size of one
    value.

    `count` is the number of lines taken. `has_escaped` says whether one of them has a quote that is
    escaped with a backslash, as some databases write it.
    """

    def __init__(self) -> None:
        self.count = 0
        self.has_escaped = False
        self._length = 0
        self._line = ""
        self._peek: Peek = _nothing_below

    def begin(self, line: str, peek: Peek) -> None:
        """Start again with this line."""
        self.count, self._length, self._line, self._peek = 0, 0, line, peek
        self.has_escaped = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._line if self.count == 0 else self._below()
        self.count += 1
        self._length += len(line)
        self.has_escaped = self.has_escaped or '\\"' in line
        return line

    def _below(self) -> str:
        line = self._peek(self.count - 1) if self._length <= MAX_CELL_CHARACTERS else None
        if line is None or len(line) > MAX_LINE_CHARACTERS:
            raise StopIteration
        return line


def _nothing_below(_: int) -> None:
    return None


def _unquote(cell: str) -> str:
    """Return a cell of a broken line without the quotes around it, so that the log names the row by its plain IDs."""
    return cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


def _parse_spaced(line: str, delimiter: str) -> tuple[list[str], tuple[int, ...]] | None:
    """Parse a line with spaces between delimiters and double quotes, as some programs write.

    Returns:
        Its cells, and the positions of those with such spaces; None for any other line.
    """
    looks_so, cell = _spaced_patterns(delimiter)
    if not looks_so.search(line):
        return None
    cells: list[str] = []
    spaced: list[int] = []
    end = -1
    while end < len(line):
        found = cell.match(line, end + 1)
        if found is None:
            return None
        quoted = found["quoted"]
        if quoted is not None and len(found[0]) > len(quoted) + 2:
            spaced.append(len(cells))
        cells.append(found[0] if quoted is None else quoted.replace('""', '"'))
        end = found.end()
    return (cells, tuple(spaced)) if spaced else None


@cache
def _spaced_patterns(delimiter: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Compile how cells with spaces around their quotes are found.

    Returns:
        A pattern that finds such spaces in a line, and one that matches a single cell.
    """
    sign = re.escape(delimiter)
    looks_so = re.compile(rf'(?:^|{sign}) +"|" +(?:{sign}|$)')
    return looks_so, re.compile(rf' *"(?P<quoted>(?:[^"]|"")*+)" *(?={sign}|\Z)|[^"{sign}]*(?={sign}|\Z)')
