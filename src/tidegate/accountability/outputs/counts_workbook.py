"""The numbers of a snapshot as a workbook: a sheet that says what they are of, and one with the numbers."""

from collections.abc import Iterator

from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.models import Snapshot
from tidegate.accountability.outputs.counts import HEADER, count_lines
from tidegate.core.outputs.workbook import Line, Table, TableRows, xlsx_chunks

_NUMBERS = Table("Numbers", HEADER, (18, 34, 16, 40, 16, 40, 10))
_SNAPSHOT = Table("Snapshot", ("What", "Says"), (22, 70), frozenset({1}))


def counts_xlsx(snapshot: Snapshot, *, reach: Reach = None) -> Iterator[bytes]:
    """Return the workbook in pieces; what is refused is refused before the first of them."""
    lines = list(count_lines(snapshot, reach=reach))
    first = TableRows(_SNAPSHOT, list(_said_of(snapshot, reach)))
    return xlsx_chunks(_NUMBERS, lines, line_count=len(lines), first=first)


def _said_of(snapshot: Snapshot, reach: Reach) -> Iterator[Line]:
    yield "Snapshot", f"{snapshot.pk}: {snapshot.title}, {snapshot.school_year.name}"
    yield "Counted on", f"{snapshot.count_day:%Y-%m-%d}"
    yield "State of the snapshot", snapshot.get_state_display()
    yield "Hash (SHA-256)", snapshot.sha256
    yield "Students", "The whole state" if reach is None else "Those whom your organizations teach or send"
