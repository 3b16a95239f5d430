"""Limits of a file: so many columns, rows and characters, each with a sentence of its own."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from tidegate.core.reading.fault import Fault
from tidegate.core.reading.records import LONGEST_CELL

MOST_COLUMNS = 500
"""No layout has nearly as many; a header of more is a table that lost its line ends."""

_ROW = "row"


@dataclass(frozen=True)
class Limits:
    """What the state has set; None is no limit. `chunk_bytes` of the file stand in memory at a time, and `kept_bytes`
    of what is kept of all rows to compare them with each other; beyond, they are put into so many buckets."""

    row_count: int | None = None
    chunk_bytes: int = 6 << 20
    kept_bytes: int = 24 << 20
    bucket_count: int = 32


NO_LIMITS = Limits()


def too_many_columns(count: int, *, row: int) -> Fault | None:
    """Return the fault of a header, the file's row `row`, that has too many columns."""
    if count <= MOST_COLUMNS:
        return None
    return Fault("FILE016", row, words={"count": f"{count:,}", "limit": f"{MOST_COLUMNS:,}"})


def too_many_rows(count: int, limits: Limits) -> Fault | None:
    """Return the fault of a file that has too many rows."""
    if limits.row_count is None or count <= limits.row_count:
        return None
    return Fault("FILE017", words={"count": f"{count:,}", "limit": f"{limits.row_count:,}"})


def too_long_cells(rows: pl.DataFrame) -> Iterator[Fault]:
    """Yield a fault for every cell that is longer than any can be; `rows` are shaped as those of a Reading."""
    longest = rows.select(pl.exclude(_ROW).str.len_bytes().max())
    for column in longest.columns:
        if (longest[column][0] or 0) > LONGEST_CELL:
            length = pl.col(column).str.len_chars()
            for row, count in rows.filter(length > LONGEST_CELL).select(_ROW, length).iter_rows():
                yield Fault("FILE018", row, words={"column": column, "count": f"{count:,}"})
