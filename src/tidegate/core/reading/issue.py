"""An issue that the reader found: a code, a row and the words that its message needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from tidegate.core.reading.records import MAX_CELL_CHARACTERS

_MAX_NAMES_LISTED = 30
_MAX_TEXT_CHARACTERS = 60


@dataclass(frozen=True)
class ReadingIssue:
    """Something wrong with the file (`row` is None or 1) or with one row as a whole.

    `code` names the reading rule that words it; `words` replace the names in that rule's message.
    `value` and every word may come from the file.
    """

    code: str
    row: int | None = None
    value: str = ""
    words: dict[str, str] = field(default_factory=dict)


WORDS = ("column", "count", "width", "text", "columns")
"""The words that the messages about single rows need."""

ISSUES = pl.Schema({"row": pl.UInt32, "code": pl.String, "value": pl.String, **dict.fromkeys(WORDS, pl.String)})
"""The columns of issues of single rows, of which a file may have millions. A word that an issue
does not have is null."""

IssueLine = tuple[int, str, str, str | None, str | None, str | None, str | None, str | None]
"""One line of a frame shaped as ISSUES."""


def issue_line(
    row: int,
    code: str,
    *,
    column: str | None = None,
    count: int | None = None,
    text: str | None = None,
    width: int | None = None,
    columns: str | None = None,
) -> IssueLine:
    """Return an issue of one row as a line of ISSUES.

    Args:
        row: The number of the row.
        code: The code of the reading rule that words it.
        column: The column's name, for the message.
        count: A number, for the message.
        text: A text of the file, for the message.
        width: The number of columns, for the message.
        columns: The columns to compare, in words.
    """
    counted, wide = (None if number is None else str(number) for number in (count, width))
    return row, code, "", column, counted, wide, text, columns


def issues_of(lines: Iterable[IssueLine] = ()) -> pl.DataFrame:
    """Return the lines as a frame, shaped as ISSUES."""
    return pl.DataFrame(list(lines), schema=ISSUES, orient="row")


def as_issues(issues: pl.DataFrame) -> list[ReadingIssue]:
    """Return the issues of a frame shaped as ISSUES one by one; only for a few of them."""
    return [
        ReadingIssue(
            line["code"], line["row"], line["value"], {name: line[name] for name in WORDS if line[name] is not None}
        )
        for line in issues.iter_rows(named=True)
    ]


def quoted_list(names: Sequence[str]) -> str:
    """Return names as a message lists them: the first thirty, in straight double quotes, with
    commas."""
    more = f" and {len(names) - _MAX_NAMES_LISTED:,} more" if len(names) > _MAX_NAMES_LISTED else ""
    return ", ".join(f'"{name}"' for name in names[:_MAX_NAMES_LISTED]) + more


def show_text(text: str) -> str:
    """Return a text of the file as a message shows it: on one line, without invisible signs, cut
    if long."""
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    shown = " ".join(text.split()).replace('"', "'")
    return f"{shown[:_MAX_TEXT_CHARACTERS]}…" if len(shown) > _MAX_TEXT_CHARACTERS else shown


def show_row(cells: Sequence[str]) -> str:
    """Return a row that is no record as a message shows it: its filled cells, joined."""
    return show_text(" ".join(cell for cell in cells if cell.strip()))


MAX_COLUMNS = 500
"""Largest number of columns of a file: a longer header is a table that has lost its line ends."""

MIN_UNREADABLE_ROWS = 10_000
"""With fewer unreadable rows than this a file is checked, whatever their share."""

_ROW = "row"
_BLOCK = 1 << 22
UNREADABLE = ("FILE018", "FILE020", "FILE021", "FILE022", "FILE023", "FILE041", "CELL130")
"""The codes of issues that keep a row from being read."""


@dataclass(frozen=True)
class Limits:
    """Limits that the state sets for a file; None is no limit.

    No more than `unreadable_percent` of the rows may be unreadable, if MIN_UNREADABLE_ROWS or more
    are. `chunk_bytes` of the file are in memory at a time. To be compared with each other, rows are
    kept in `partition_count` partitions, with up to `kept_bytes` in memory and the rest on disk.
    """

    row_count: int | None = None
    unreadable_percent: int | None = None
    chunk_bytes: int = 6 << 20
    kept_bytes: int = 24 << 20
    partition_count: int = 32


NO_LIMITS = Limits()


def too_many_columns(count: int, *, row: int) -> ReadingIssue | None:
    """Return the issue of a header with too many columns, None if it has not; `row` is its row."""
    if count <= MAX_COLUMNS:
        return None
    return ReadingIssue("FILE016", row, words={"count": f"{count:,}", "limit": f"{MAX_COLUMNS:,}"})


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
    return issues.filter(pl.col("code").is_in(UNREADABLE))[_ROW].n_unique()


def without_counts(limits: Limits) -> Limits:
    """Return the limits without those of the number of rows."""
    return replace(limits, row_count=None, unreadable_percent=None)


def may_be_over(path: Path, limits: Limits) -> bool:
    """Whether the file has enough lines to exceed a limit of the number of rows."""
    most = [] if limits.row_count is None else [limits.row_count]
    most += [] if limits.unreadable_percent is None else [MIN_UNREADABLE_ROWS - 1]
    return bool(most) and path.stat().st_size > min(most) and _line_count(path) > min(most)


def _line_count(path: Path) -> int:
    """Return an upper bound of the file's number of lines, whatever its encoding."""
    count = 1
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            count += block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")
    return count


def too_long_cells(rows: pl.DataFrame) -> pl.DataFrame:
    """Return an issue, shaped as ISSUES, for every cell that is too long; `rows` are those of a
    Reading."""
    longest = rows.select(pl.exclude(_ROW).str.len_bytes().max())
    found = [issues_of()]
    for column in longest.columns:
        if (longest[column][0] or 0) > MAX_CELL_CHARACTERS:
            length = pl.col(column).str.len_chars()
            counted = rows.filter(length > MAX_CELL_CHARACTERS).select(_ROW, length.alias("count"))
            lines = [(row, "FILE018", "", column, f"{count:,}", None, None, None) for row, count in counted.iter_rows()]
            found.append(issues_of(lines))
    return pl.concat(found)
