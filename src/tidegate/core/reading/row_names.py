"""Knows the numbering of rows that R and pandas write as a first column, by the first rows of a file."""

from collections.abc import Sequence
from itertools import pairwise
from operator import itemgetter

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.reading.issue import show_text

_WITHOUT_A_NAME = frozenset({
    "", "unnamed: 0", "x", "...1", "v1", "index", "level_0", "rownames", "row.names", "obs", "line_number", "n",
    "row_nr", "rowid",
})  # fmt: skip
"""What such a column is called, in small letters: by nothing, and by programs that read it again or write it."""

_LONGEST = 9
_A_PAIR = 2


def may_be_their_name(cell: str) -> bool:
    """Whether the first cell of a header may stand above a numbering."""
    return cell.strip().casefold() in _WITHOUT_A_NAME


def first_column(name: str) -> str:
    """Return the column with the numbering as a message begins with it."""
    shown = show_text(name)
    return f'The first column, "{shown}",' if shown else "The first column has no name of its own and"


def are_numbering(cells: Sequence[str]) -> bool:
    """Whether these cells, one below the other, number rows: each is a whole number and higher than the one above.
    A single one tells only where it is the first number."""
    numbers = [int(cell) if cell.isdecimal() and cell.isascii() and len(cell) <= _LONGEST else -1 for cell in cells]
    if len(numbers) < 2:
        return numbers in ([0], [1])
    return numbers[0] >= 0 and all(above < below for above, below in pairwise(numbers))


def are_before_the_header(rows: Sequence[Sequence[str]], layout: Layout, positions: dict[str, int]) -> bool:
    """Whether rows that have one cell more than the header begin with a numbering: the values fit the columns when they
    are moved by one cell, and fit them less as they stand, and no better when they are moved from some column on, as a
    delimiter within a value moves them. Two numbers far from each other may as well be IDs."""
    if len(rows) == _A_PAIR and int(rows[1][0]) - int(rows[0][0]) != 1:
        return False
    moved, unmoved = (_fitting(rows, layout, positions, moved=by) for by in (1, 0))
    fits = [sum(unmoved[:first]) + sum(moved[first:]) for first in range(len(moved) + 1)]
    return fits[0] > fits[-1] and fits[0] == max(fits)


def _fitting(rows: Sequence[Sequence[str]], layout: Layout, positions: dict[str, int], *, moved: int) -> list[int]:
    """Return how many of the values have the form of their columns, for each column in the file's order."""
    counts = []
    for name, place in sorted(positions.items(), key=itemgetter(1)):
        texts = pl.Series("text", [row[place + moved].strip() for row in rows], dtype=pl.String).to_frame()
        of = layout.columns[name].type
        counts.append(texts.filter(pl.col("text") != "").select(of.value(pl.col("text")).is_not_null().sum()).item())
    return counts
