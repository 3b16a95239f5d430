"""The changes: what an upload changes of the lines on file, or would, line by line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tidegate.core.outputs.output import CSV, NDJSON, Form, Output
from tidegate.core.outputs.spreadsheet import as_text, csv_chunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tidegate.core.errors import Refusal
    from tidegate.core.outputs.planned_lines import PlannedLine
    from tidegate.core.outputs.source import Source

_BYTE_ORDER_MARK = "\ufeff"
_LINES_PER_PIECE = 1_000


class Changes(Output):
    """The lines that an upload adds, changes and withdraws, or would, with their cells as on file and as in the file,
    and the lines on file that it leaves out.
    """

    name = "changes"
    forms = (NDJSON, CSV)
    order = 25
    has_button = False

    def when(self, source: Source) -> Refusal | None:
        """There are some wherever a plan was made."""
        return source.why_no_plan()

    def chunks(self, source: Source, form: Form) -> Iterator[bytes]:
        """Yield the lines: those that are withdrawn first, then changed ones, new ones, and those that are left out."""
        lines = source.watched(source.planned_lines(), self.title)
        if form == CSV:
            columns = list(source.layout.columns)
            return (piece.encode() for piece in csv_chunks(_table(lines, columns), line_end="\r\n"))
        return _documents(lines)


def changes_in_words(
    changes: Mapping[str, int], *, missing_count: int, is_check_only: bool, is_complete: bool
) -> Iterator[str]:
    """Yield sentences about what an upload changes, and what it leaves out.

    Args:
        changes: How many lines there are of each kind.
        missing_count: How many lines on file it leaves out, and that stay.
        is_check_only: Whether it would only do so.
        is_complete: Whether the file is everything that its organization has.
    """
    counts = ", ".join(f"{count:,} {kind}" for kind, count in changes.items())
    yield f"Would be: {counts}" if is_check_only else counts
    if missing_count:
        one = missing_count == 1
        lines = "1 line on file is" if one else f"{missing_count:,} lines on file are"
        yield f"{lines} not in the file and {'stays' if one else 'stay'}"
    if missing_count and is_complete:
        yield "To withdraw what the file leaves out, send it with --complete --missing withdraw"


def as_document(line: PlannedLine) -> dict[str, Any]:
    """Return a line as programs read it."""
    return {**line._asdict(), "fields": line.fields}


def _documents(lines: Iterable[PlannedLine]) -> Iterator[bytes]:
    piece: list[str] = []
    for line in lines:
        piece.append(json.dumps(as_document(line), ensure_ascii=False) + "\n")
        if len(piece) == _LINES_PER_PIECE:
            yield "".join(piece).encode()
            piece = []
    yield "".join(piece).encode()


def _table(lines: Iterable[PlannedLine], columns: Sequence[str]) -> Iterator[list[str]]:
    """Yield a header and the lines: as in the file, or as on file where the file does not have them; then what the
    cells that change are on file."""
    yield [f"{_BYTE_ORDER_MARK}Change", "Row", *columns, *(f"{column} on file" for column in columns)]
    for line in lines:
        now, changed = line.after or line.before, set(line.fields)
        was = [line.before.get(column, "") if column in changed else "" for column in columns]
        cells = [*(now.get(column, "") for column in columns), *was]
        yield [line.kind, "" if line.row is None else str(line.row), *map(as_text, cells)]
