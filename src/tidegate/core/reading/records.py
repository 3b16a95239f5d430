"""Lines become records as a spreadsheet sees them: quoted line breaks, doubled quotes, and quotes gone wrong."""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import cache
from typing import NamedTuple

LONGEST_CELL = 32_767
"""The most characters that a spreadsheet's cell holds; a quoted value that goes on longer was never closed."""

LONGEST_LINE = 1_000_000
"""The most characters of a line that is read. With as many cells as any layout has columns, each as long as can be and
half of it doubled quotes, a row is shorter."""

_SHOWN_OF_A_LINE = 1_000
"""Characters that are read of a line that is too long, so that the log names the row by its IDs."""

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
"""What looks like nothing at the ends of a spreadsheet's cell: spaces of every kind, also those that have no width."""

NOTHING = f"{BLANKS}\x00\x1a"
"""What a row without any value may hold: blanks, and what old programs fill a file up with or end it by."""

_MOST_FRUITLESS = 1_000_000
"""Lines that may be looked at in vain for the ends of open quotes; then every open quote spoils its row unseen, so that
a file of nothing but open quotes ends, too."""

csv.field_size_limit(1 << 30)  # the default of 131,072 characters aborts; our own limits have their own sentences

Peek = Callable[[int], str | None]
"""Takes how many lines below the present one, and gives that line; None after the last."""


class Damage(StrEnum):
    """What is wrong with a record as a whole; the values are the codes of the reading rules."""

    NONE = ""
    QUOTE_NOT_CLOSED = "FILE022"
    QUOTE_INSIDE = "FILE023"
    QUOTE_ESCAPED = "CELL130"
    LINE_TOO_LONG = "FILE041"


class Record(NamedTuple):
    """One row of a spreadsheet. `row` counts from 1, blank rows included; `line_count` says how many lines of the file
    it takes; `spaced` are the places of cells that had spaces outside their double quotes."""

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
        if '"' in line or len(line) > LONGEST_LINE:
            record = quoted.read(row, line, peek)
            for _ in range(record.line_count - 1):
                waiting.popleft()
            yield record
        else:
            yield new(Record, (row, line.rstrip("\r\n").split(delimiter), Damage.NONE, 1, ()))


def _too_long(row: int, line: str, delimiter: str) -> Record:
    """Return the record of a line that is longer than LONGEST_LINE, by its beginning."""
    return Record(row, [_unquote(cell) for cell in line[:_SHOWN_OF_A_LINE].split(delimiter)], Damage.LINE_TOO_LONG)


class QuotedRecords:
    """Reads the records that begin with a line in which there is a double quote, or that is very long."""

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter
        self.fruitless = 0
        self._taken = _Taken()
        self._cells = csv.reader(self._taken, delimiter=delimiter, strict=True)

    @property
    def may_go_on(self) -> bool:
        """Whether lines below an open quote are still looked at."""
        return self.fruitless < _MOST_FRUITLESS

    def read(self, row: int, line: str, peek: Peek) -> Record:
        """Return the record that begins with `line`; where its quotes do not work out, it is that line alone."""
        found = self.read_unless_broken(row, line, peek)
        if isinstance(found, Record):
            return found
        return Record(row, [_unquote(cell) for cell in line.rstrip("\r\n").split(self.delimiter)], found)

    def read_unless_broken(self, row: int, line: str, peek: Peek) -> Record | Damage:
        """Return the record that begins with `line`, or what is wrong with the quotes of that line."""
        bare = line.rstrip("\r\n")
        if len(bare) > LONGEST_LINE:
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


class _Taken:
    """Gives a CSV reader a line, and those below for as long as it asks for more, since a quote is open; but no more
    than can be one value. `count` says how many it has taken, `has_escaped` whether one of them has a quote that is
    written with a backslash, as some databases do."""

    def __init__(self) -> None:
        self.count = 0
        self.has_escaped = False
        self._length = 0
        self._line = ""
        self._peek: Peek = _nothing_below

    def begin(self, line: str, peek: Peek) -> None:
        """Begin anew with this line."""
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
        line = self._peek(self.count - 1) if self._length <= LONGEST_CELL else None
        if line is None or len(line) > LONGEST_LINE:
            raise StopIteration
        return line


def _nothing_below(_: int) -> None:
    return None


def _unquote(cell: str) -> str:
    """Return a cell of a broken line without the quotes around it, so that the log names the row by its plain IDs."""
    return cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


def _parse_spaced(line: str, delimiter: str) -> tuple[list[str], tuple[int, ...]] | None:
    """Return the cells of a line with spaces between delimiters and double quotes, as some programs write, and the
    places of those cells; None where the line is not of that kind."""
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
    sign = re.escape(delimiter)
    looks_so = re.compile(rf'(?:^|{sign}) +"|" +(?:{sign}|$)')
    return looks_so, re.compile(rf' *"(?P<quoted>(?:[^"]|"")*+)" *(?={sign}|\Z)|[^"{sign}]*(?={sign}|\Z)')
