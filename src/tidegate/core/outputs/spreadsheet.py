"""What a spreadsheet does to a cell of a CSV file, and how a cell is protected from it.

A spreadsheet runs a cell that begins like a formula. A cell that looks like a number, a day, a time
or a truth value becomes one: zeros, signs and letters of the text are lost when it is saved. How to
protect a cell depends on its next reader. `escape_formula` marks only what would run, since
programs read the file, too; `as_text` is for people alone; `as_it_was` is for a cell that comes
back.
"""

from __future__ import annotations

import csv
import io
import re
import string
from typing import TYPE_CHECKING, TypeVar

from tidegate.core.reading.records import BLANKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import polars as pl

Cell = TypeVar("Cell")

LINE_END = "\r\n"
"""What ends a line of CSV. The writer of the standard library puts quotes around a cell with a line break only where
the break is in its line end: with `\\n` alone a carriage return within a cell would cut the row in two."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_MONTH = (
    "(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|"
    "nov(ember)?|dec(ember)?)"
)
_IS_TAKEN_FOR_ELSE = re.compile(
    rf"""\s*(
        [{re.escape("".join(_FORMULA_STARTS))}]  # a formula
    |   [$\u20ac\u00a3(]*\.?[0-9][0-9.,:/\-\s]*([Ee][+\-]?[0-9]+)?\s*([ap]m?)?[%)]*$  # a number, a day, a time
    |   {_MONTH}[.\s\-/,]*[0-9][0-9,:/\-\s]*$
    |   [0-9]{{1,4}}[\s\-/,]*{_MONTH}[.\s\-/,]*([0-9][0-9,:/\-\s]*)?$
    |   (true|false)$
    )""",
    re.IGNORECASE | re.VERBOSE,
)
# Whole numbers of up to 11 digits, and school years.
_SHOWN_AS_WRITTEN = re.compile(r"0|[1-9][0-9]{0,10}|[0-9]{4}-[0-9]{4}")
_SAVED_AS_WRITTEN = re.compile(
    r"""(?!true$|false$)        # a spreadsheet makes capitals of these
    (   0|[1-9][0-9]{0,10}       # a number that stays as it is written
    |   [0-9]{4}-[0-9]{2}-[0-9]{2}
    |   [^\W\d_]([^\d\r\n\t]*[^\d\s])?  # words without a number
    )?""",
    re.VERBOSE | re.IGNORECASE,
)
_WRAPPED = re.compile(r'="(?:[^"]|"")*"')
_LINES_PER_PIECE = 5_000


def escape_formula(cell: Cell) -> Cell | str:
    """Return a cell as it is; a text that a spreadsheet would run gets an apostrophe in front."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def escape_formulas(cells: pl.Expr) -> pl.Expr:
    """Return the texts of a column as `escape_formula` gives them."""
    import polars as pl

    begins = pl.any_horizontal(cells.str.starts_with(start) for start in _FORMULA_STARTS)
    return pl.when(begins).then("'" + cells).otherwise(cells)


def csv_lines(rows: Iterable[Iterable[object]]) -> bytes:
    """Return rows as lines of CSV in UTF-8, each text as `escape_formula` gives it."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=LINE_END).writerows(map(escape_formula, row) for row in rows)
    return buffer.getvalue().encode()


def as_text(cell: Cell) -> Cell | str:
    """Return a cell as it is. A text that a spreadsheet would run or convert gets an apostrophe in
    front, so that it stays a text."""
    is_taken = isinstance(cell, str) and _IS_TAKEN_FOR_ELSE.match(cell)
    return f"'{cell}" if is_taken and not _SHOWN_AS_WRITTEN.fullmatch(str(cell)) else cell


def as_it_was(cell: str) -> str:
    """Return the cell in a form that a spreadsheet opens and saves unchanged.

    A cell that a spreadsheet would change is wrapped like ="0123", which reading removes again. A
    cell that is wrapped already stays so, without the blanks around it, which mean nothing.
    """
    bare = cell.strip(BLANKS)
    if _WRAPPED.fullmatch(bare):
        return bare
    if _SAVED_AS_WRITTEN.fullmatch(cell):
        return cell
    doubled = cell.replace('"', '""')
    return f'="{doubled}"'


def csv_chunks(lines: Iterable[Sequence[object]], *, line_end: str) -> Iterator[str]:
    """Yield the lines as CSV, some thousand at once; they are read as needed."""
    buffer = io.StringIO()
    writer = csv.writer(buffer if line_end == LINE_END else _Lines(buffer, line_end), lineterminator=LINE_END)
    for count, line in enumerate(lines):
        writer.writerow(line)
        if count and count % _LINES_PER_PIECE == 0:  # the header is not counted
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


class _Lines:
    """Takes lines that end with LINE_END, as the writer of CSV gives them one by one, and ends them otherwise."""

    def __init__(self, file: io.StringIO, line_end: str) -> None:
        self._file = file
        self._line_end = line_end

    def write(self, line: str) -> int:
        """Write a line."""
        return self._file.write(line.removesuffix(LINE_END) + self._line_end)


def column_letters(position: int) -> str:
    """Return the letters of the column at the position, counted from 0: A, Z, AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = string.ascii_uppercase[rest] + letters
    return letters
