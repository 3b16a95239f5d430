"""A fault that the reader found: a code, a place and the words that its message needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl

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
