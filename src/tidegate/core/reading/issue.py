"""A fault that the reader found: a code, a place and the words that its message needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from tidegate.core.reading.records import LONGEST_CELL

_MOST_NAMES = 30
_LONGEST_TEXT = 60


@dataclass(frozen=True)
class ReadingIssue:
    """Something wrong with the file (`row` is None or 1) or with one row as a whole.

    `code` names the reading rule that words it; `words` fills the places in that rule's message. `value` and every
    word may come from the file.
    """

    code: str
    row: int | None = None
    value: str = ""
    words: dict[str, str] = field(default_factory=dict)


WORDS = ("column", "count", "width", "text")
"""The words that the messages about single rows need."""

ISSUES = pl.Schema({"row": pl.UInt32, "code": pl.String, "value": pl.String, **dict.fromkeys(WORDS, pl.String)})
"""The faults of single rows: a file may have millions, so that they are columns. A word that a fault lacks is null."""

IssueLine = tuple[int, str, str, str | None, str | None, str | None, str | None]
"""One line of FAULTS."""


def issue_line(
    row: int,
    code: str,
    *,
    column: str | None = None,
    count: int | None = None,
    text: str | None = None,
    width: int | None = None,
) -> IssueLine:
    """Return a fault of one row as a line of FAULTS."""
    counted, wide = (None if number is None else str(number) for number in (count, width))
    return row, code, "", column, counted, wide, text


def issues_of(lines: Iterable[IssueLine] = ()) -> pl.DataFrame:
    """Return the lines as a frame, shaped as FAULTS."""
    return pl.DataFrame(list(lines), schema=ISSUES, orient="row")


def as_issues(issues: pl.DataFrame) -> list[ReadingIssue]:
    """Return the faults of a frame that is shaped as FAULTS one by one; for few of them."""
    return [
        ReadingIssue(
            line["code"], line["row"], line["value"], {name: line[name] for name in WORDS if line[name] is not None}
        )
        for line in issues.iter_rows(named=True)
    ]


def quoted_list(names: Sequence[str]) -> str:
    """Return names as a message lists them: in straight double quotes, with commas, the first thirty of them."""
    more = f" and {len(names) - _MOST_NAMES:,} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(f'"{name}"' for name in names[:_MOST_NAMES]) + more


def show_text(text: str) -> str:
    """Return a text of the file as a message shows it: on one line, without signs that cannot be seen, not too long."""
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    shown = " ".join(text.split()).replace('"', "'")
    return f"{shown[:_LONGEST_TEXT]}…" if len(shown) > _LONGEST_TEXT else shown


def show_row(cells: Sequence[str]) -> str:
    """Return a row that is no record as a message shows it: its filled cells beside each other."""
    return show_text(" ".join(cell for cell in cells if cell.strip()))


MAX_COLUMNS = 500
"""No layout has nearly as many; a header of more is a table that lost its line ends."""

FEWEST_UNREADABLE = 10_000
"""A file with fewer rows that cannot be read is judged whatever their share."""

_ROW = "row"
_BLOCK = 1 << 22
UNREADABLE = ("FILE018", "FILE020", "FILE021", "FILE022", "FILE023", "FILE041", "CELL130")
"""The codes of what keeps a row from being read."""


@dataclass(frozen=True)
class Limits:
    """What the state has set; None is no limit. Of a file's rows no more than `unreadable_percent` may be such that
    they cannot be read, where these are FEWEST_UNREADABLE or more. `chunk_bytes` of the file stand in memory at a
    time, and `kept_bytes`
    of what is kept of all rows to compare them with each other; beyond, they are put into `bucket_count` partitions."""

    row_count: int | None = None
    unreadable_percent: int | None = None
    chunk_bytes: int = 6 << 20
    kept_bytes: int = 24 << 20
    bucket_count: int = 32


NO_LIMITS = Limits()


def too_many_columns(count: int, *, row: int) -> ReadingIssue | None:
    """Return the fault of a header, the file's row `row`, that has too many columns."""
    if count <= MAX_COLUMNS:
        return None
    return ReadingIssue("FILE016", row, words={"count": f"{count:,}", "limit": f"{MAX_COLUMNS:,}"})


def too_many_rows(count: int, limits: Limits) -> ReadingIssue | None:
    """Return the fault of a file that has too many rows."""
    if limits.row_count is None or count <= limits.row_count:
        return None
    return ReadingIssue("FILE017", words={"count": f"{count:,}", "limit": f"{limits.row_count:,}"})


def too_many_unreadable(count: int, row_count: int, limits: Limits) -> ReadingIssue | None:
    """Return the fault of a file of which too large a share of rows cannot be read."""
    percent = limits.unreadable_percent
    if percent is None or count < FEWEST_UNREADABLE or count * 100 <= row_count * percent:
        return None
    return ReadingIssue("FILE040", words={"count": f"{count:,}", "rows": f"{row_count:,}", "limit": str(percent)})


def count_unreadable(issues: pl.DataFrame) -> int:
    """Return of how many rows the faults, shaped as FAULTS, say that they cannot be read."""
    return issues.filter(pl.col("code").is_in(UNREADABLE))[_ROW].n_unique()


def without_counts(limits: Limits) -> Limits:
    """Return the limits without those of the number of rows."""
    return replace(limits, row_count=None, unreadable_percent=None)


def may_be_over(path: Path, limits: Limits) -> bool:
    """Whether the file has enough lines to be over a limit of the number of rows."""
    most = [] if limits.row_count is None else [limits.row_count]
    most += [] if limits.unreadable_percent is None else [FEWEST_UNREADABLE - 1]
    return bool(most) and path.stat().st_size > min(most) and _line_count(path) > min(most)


def _line_count(path: Path) -> int:
    """Return how many lines the file has at most, in whatever letters."""
    count = 1
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            count += block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")
    return count


def too_long_cells(rows: pl.DataFrame) -> pl.DataFrame:
    """Return a fault, shaped as FAULTS, for every cell that is longer than any can be; `rows` are shaped as those of a
    Reading."""
    longest = rows.select(pl.exclude(_ROW).str.len_bytes().max())
    found = [issues_of()]
    for column in longest.columns:
        if (longest[column][0] or 0) > LONGEST_CELL:
            length = pl.col(column).str.len_chars()
            counted = rows.filter(length > LONGEST_CELL).select(_ROW, length.alias("count"))
            lines = [(row, "FILE018", "", column, f"{count:,}", None, None) for row, count in counted.iter_rows()]
            found.append(issues_of(lines))
    return pl.concat(found)
