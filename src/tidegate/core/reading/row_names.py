"""Knows the numbering of rows that R and pandas write as a first column, by the first rows of a file."""

from collections.abc import Sequence
from itertools import pairwise

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.reading.issue import show_text

_WITHOUT_A_NAME = frozenset({
    "", "unnamed: 0", "x", "...1", "v1", "index", "level_0", "rownames", "row.names", "obs", "line_number", "n",
    "row_nr", "rowid",
})  # fmt: skip
"""What such a column is called, in small letters: by nothing, and by programs that read it again or write it."""

_LONGEST = 9


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
    are moved by one cell, and fit them less as they stand."""
    return _fitting(rows, layout, positions, moved=1) > _fitting(rows, layout, positions, moved=0)


def _fitting(rows: Sequence[Sequence[str]], layout: Layout, positions: dict[str, int], *, moved: int) -> int:
    """Return how many of the values have the form of their columns."""
    count = 0
    for name, place in positions.items():
        texts = pl.Series("text", [row[place + moved].strip() for row in rows], dtype=pl.String).to_frame()
        of = layout.columns[name].type
        count += texts.filter(pl.col("text") != "").select(of.value(pl.col("text")).is_not_null().sum()).item()
    return count
