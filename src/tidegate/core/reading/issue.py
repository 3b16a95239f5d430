"""An issue that the reader found: a code, a row and the words that its message needs."""

from collections.abc import Iterable, Sequence

import msgspec
import polars as pl

_MAX_NAMES_LISTED = 30
_MAX_TEXT_CHARACTERS = 60


class ReadingIssue(msgspec.Struct, frozen=True):
    """Something wrong with the file (`row` is None or 1) or with one row as a whole.

    `code` names the reading rule that words it; `words` replace the names in that rule's message.
    `value` and every word may come from the file.
    """

    code: str
    row: int | None = None
    value: str = ""
    words: dict[str, str] = msgspec.field(default_factory=dict)


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
    counted = None if count is None else str(count)
    wide = None if width is None else str(width)
    return row, code, "", column, counted, wide, text, columns


def issues_of(lines: Iterable[IssueLine] = ()) -> pl.DataFrame:
    """Return the lines as a frame, shaped as ISSUES."""
    return pl.DataFrame(list(lines), schema=ISSUES, orient="row")


NO_ISSUES = issues_of()
"""No issue, shaped as ISSUES."""


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
