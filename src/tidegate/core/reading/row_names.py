"""Recognizes row numbers that R and pandas write as a first column, by the first rows of a file."""

from collections.abc import Sequence
from itertools import pairwise
from operator import itemgetter

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.reading.issue import show_text

# Names of such a column, in small letters: none, and those of programs that write it or read it.
_WITHOUT_A_NAME = frozenset({
    "", "unnamed: 0", "x", "...1", "v1", "index", "level_0", "rownames", "row.names", "obs", "line_number", "n",
    "row_nr", "rowid",
})  # fmt: skip

_MAX_DIGITS = 9
_A_PAIR = 2


def may_be_their_name(cell: str) -> bool:
    """Whether this may be the header of a column of row numbers."""
    return cell.strip().casefold() in _WITHOUT_A_NAME


def first_column(name: str) -> str:
    """Return the column's name as it begins a message."""
    shown = show_text(name)
    return f'The first column, "{shown}",' if shown else "The first column has no name of its own and"


def are_numbering(cells: Sequence[str]) -> bool:
    """Whether the cells of a column number the rows: each is a whole number, higher than the one
    above. A single cell must be the first number."""
    numbers = [int(cell) if cell.isdecimal() and cell.isascii() and len(cell) <= _MAX_DIGITS else -1 for cell in cells]
    if len(numbers) < 2:
        return numbers in ([0], [1])
    return numbers[0] >= 0 and all(above < below for above, below in pairwise(numbers))


def are_before_the_header(rows: Sequence[Sequence[str]], layout: Layout, positions: dict[str, int]) -> bool:
    """Whether rows with one cell more than the header begin with a row number.

    More values fit their columns if all are moved by one cell, and no more fit if only those from
    some column on are moved, as by a delimiter within a value. Two numbers far from each other may
    as well be IDs.
    """
    if len(rows) == _A_PAIR and int(rows[1][0]) - int(rows[0][0]) != 1:
        return False
    moved, unmoved = (_fitting(rows, layout, positions, moved=by) for by in (1, 0))
    fits = [sum(unmoved[:first]) + sum(moved[first:]) for first in range(len(moved) + 1)]
    return fits[0] > fits[-1] and fits[0] == max(fits)


def _fitting(rows: Sequence[Sequence[str]], layout: Layout, positions: dict[str, int], *, moved: int) -> list[int]:
    """Count the values that have the form of their columns.

    Args:
        rows: The cells of the first rows.
        layout: The layout of the school year.
        positions: The position of each column in the header.
        moved: By how many cells the rows are moved to the right of the header.

    Returns:
        The count of each column, in the order of the file.
    """
    counts = []
    for name, position in sorted(positions.items(), key=itemgetter(1)):
        texts = pl.Series("text", [row[position + moved].strip() for row in rows], dtype=pl.String).to_frame()
        of = layout.columns[name].type
        counts.append(texts.filter(pl.col("text") != "").select(of.value(pl.col("text")).is_not_null().sum()).item())
    return counts
