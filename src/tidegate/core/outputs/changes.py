"""The changes: what an upload changes of the lines on file, or would, line by line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tidegate.core.outputs.output import CSV, NDJSON, Form, Output
from tidegate.core.outputs.spreadsheet import as_text, csv_chunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tidegate.core.errors import Refusal
    from tidegate.core.outputs.source import PlannedLine, Source

_BYTE_ORDER_MARK = "\ufeff"
_LINES_PER_PIECE = 1_000


class Changes(Output):
    """The lines that an upload adds, changes and withdraws, or would, with their cells as on file and as in the file,
    and the lines on file that it leaves out.
    """

    name = "changes"
    forms = (NDJSON, CSV)
    order = 25
    needs_upload = True
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
