"""What a spreadsheet does to a cell of a CSV file, and how each cell is kept from it.

A spreadsheet runs a cell that begins like a formula, and takes one that looks like a number, a day, a
time or a truth value for that: zeros, signs and letters of the text are gone when it is saved. What
helps depends on who reads the cell next: `escape_formula` where programs do as well, so that only
what would run is marked; `as_text` where people alone do; `as_it_was` where the cell comes back.
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
_SHOWN_AS_WRITTEN = re.compile(r"0|[1-9][0-9]{0,10}|[0-9]{4}-[0-9]{4}")
"""Whole numbers of up to 11 digits, and school years."""
_SAVED_AS_WRITTEN = re.compile(
    r"""(?!true$|false$)        # a spreadsheet makes capitals of these
    (   0|[1-9][0-9]{0,10}       # a number that stays as it is written
    |   [0-9]{4}-[0-9]{2}-[0-9]{2}
    |   [^\W\d_]([^\d\r\n\t]*[^\d\s])?  # words without a number
    )?""",
    re.VERBOSE | re.IGNORECASE,
)
_WRAPPED = re.compile(r'="(?:[^"]|"")*"')
_LINES_AT_ONCE = 5_000


def escape_formula(cell: Cell) -> Cell | str:
    """Return a cell as it is; a text that a spreadsheet would run gets an apostrophe in front."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def escape_formulas(cells: pl.Expr) -> pl.Expr:
    """Return the texts of a column as `escape_formula` gives them."""
    import polars as pl

    begins = pl.any_horizontal(cells.str.starts_with(start) for start in _FORMULA_STARTS)
    return pl.when(begins).then("'" + cells).otherwise(cells)


def as_text(cell: Cell) -> Cell | str:
    """Return a cell as it is; a text that a spreadsheet would run, or take for a number, a day, a
    time or a truth value, gets an apostrophe in front, so that it stays the text that it is."""
    is_taken = isinstance(cell, str) and _IS_TAKEN_FOR_ELSE.match(cell)
    return f"'{cell}" if is_taken and not _SHOWN_AS_WRITTEN.fullmatch(str(cell)) else cell


def as_it_was(cell: str) -> str:
    """Return the cell so that a spreadsheet opens and saves it unchanged: as it is where it would be,
    else wrapped like ="0123", which reading takes out again. A cell that is wrapped already stays so,
    without the blanks around it, which mean nothing."""
    bare = cell.strip(BLANKS)
    if _WRAPPED.fullmatch(bare):
        return bare
    if _SAVED_AS_WRITTEN.fullmatch(cell):
        return cell
    doubled = cell.replace('"', '""')
    return f'="{doubled}"'


def csv_chunks(lines: Iterable[Sequence[object]], *, line_end: str) -> Iterator[str]:
    """Yield the lines as CSV, some thousand at once, read as they are needed."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator=line_end)
    for count, line in enumerate(lines):
        writer.writerow(line)
        if count and count % _LINES_AT_ONCE == 0:  # the header is not counted
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def column_letters(position: int) -> str:
    """Return the letters of the column at the position, counted from 0: A, Z, AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = string.ascii_uppercase[rest] + letters
    return letters
