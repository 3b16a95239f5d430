"""The limits of a file: how many columns and rows it may have, and what is said of one that has more."""

import msgspec
import polars as pl
from msgspec.structs import replace

from tidegate.core.reading.issue import ReadingIssue

MAX_COLUMNS = 500
"""Largest number of columns of a file: a longer header is a table that has lost its line ends."""

MIN_UNREADABLE_ROWS = 10_000
"""With fewer unreadable rows than this a file is checked, whatever their share."""

UNREADABLE = ("FILE018", "FILE020", "FILE021", "FILE022", "FILE023", "FILE041", "CELL130")
"""The codes of issues that keep a row from being read."""


class Limits(msgspec.Struct, frozen=True):
    """Limits that the state sets for a file; None is no limit.

    No more than `unreadable_percent` of the rows may be unreadable, if MIN_UNREADABLE_ROWS or more
    are. `chunk_bytes` of the file are in memory at a time. To be compared with each other, rows are
    kept in `partition_count` partitions, with up to `kept_bytes` in memory and the rest on disk.
    """

    row_count: int | None = None
    unreadable_percent: int | None = None
    chunk_bytes: int = 4 << 20
    kept_bytes: int = 24 << 20
    partition_count: int = 32


NO_LIMITS = Limits()


def too_many_rows(count: int, limits: Limits) -> ReadingIssue | None:
    """Return the issue of a file with too many rows, None if it has not."""
    if limits.row_count is None or count <= limits.row_count:
        return None
    return ReadingIssue("FILE017", words={"count": f"{count:,}", "limit": f"{limits.row_count:,}"})


def too_many_unreadable(count: int, row_count: int, limits: Limits) -> ReadingIssue | None:
    """Return the issue of a file with too large a share of unreadable rows, None if it has not."""
    percent = limits.unreadable_percent
    if percent is None or count < MIN_UNREADABLE_ROWS or count * 100 <= row_count * percent:
        return None
    return ReadingIssue("FILE040", words={"count": f"{count:,}", "rows": f"{row_count:,}", "limit": str(percent)})


def count_unreadable(issues: pl.DataFrame) -> int:
    """Return the number of rows that cannot be read, by their issues (shaped as ISSUES)."""
    return issues.filter(pl.col("code").is_in(UNREADABLE))["row"].n_unique()


def without_counts(limits: Limits) -> Limits:
    """Return the limits without those of the number of rows."""
    return replace(limits, row_count=None, unreadable_percent=None)
