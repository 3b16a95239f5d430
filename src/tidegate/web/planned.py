"""The plan of an upload as its page shows it: tiles, the first lines of each kind, and what can be decided."""

from dataclasses import dataclass

from tidegate.core.outputs.source import PlannedLine
from tidegate.uploads.models import Finding, PlannedKind, State, Upload
from tidegate.uploads.planned_lines import counts_of, planned_lines

_MAX_LINES = 10
MAX_ROWS_TO_CHOOSE = 200
_HEADINGS = {
    PlannedKind.WITHDRAWN: ("Withdrawn", "Would be withdrawn"),
    PlannedKind.CHANGED: ("Changed", "Would change"),
    PlannedKind.NEW: ("New", "Would be new"),
    PlannedKind.MISSING: ("On file, and not in this file", "On file, and not in this file"),
}


@dataclass(frozen=True)
class Cell:
    """A cell of a line: its text, and what it was where it changes."""

    text: str
    before: str | None = None


@dataclass(frozen=True)
class ShownLine:
    """A line of a table."""

    row: int | None
    line: int | None
    cells: list[Cell]


@dataclass(frozen=True)
class PlannedPart:
    """Some lines of a kind, with their columns, and how many there are in all."""

    kind: PlannedKind
    heading: str
    columns: list[str]
    lines: list[ShownLine]
    line_count: int

    @property
    def more_count(self) -> int:
        """How many lines are not shown."""
        return self.line_count - len(self.lines)


def planned_part(
    upload: Upload, kind: PlannedKind, *, line_count: int, first: int = 0, count: int = _MAX_LINES
) -> PlannedPart:
    """Return some lines of a kind.

    Args:
        upload: The upload.
        kind: The kind.
        line_count: How many lines of the kind the plan has.
        first: The place of the first line that is shown.
        count: How many are shown at most.
    """
    columns = list(upload.type.layout.in_year(upload.year).columns)
    lines = [_shown(line, columns) for line in planned_lines(upload, kind, first=first, count=count)]
    would = upload.check_only or upload.state == State.ON_HOLD
    return PlannedPart(kind, _HEADINGS[kind][would], columns, lines, line_count)


def planned_parts(upload: Upload) -> list[PlannedPart]:
    """Return the first lines of each kind that the plan has; those left out are a part of their own."""
    counts = counts_of(upload)
    return [planned_part(upload, kind, line_count=counts[kind]) for kind in PlannedKind if counts.get(kind)]


def rows_to_choose(upload: Upload) -> list[Finding]:
    """Return the rows that wait for a choice what becomes of lines that their group leaves out."""
    code = f"{upload.type.layout.area}601"
    return list(upload.findings.filter(code=code, severity="error")[: MAX_ROWS_TO_CHOOSE + 1])


def _shown(line: PlannedLine, columns: list[str]) -> ShownLine:
    now, changed = line.after or line.before, set(line.fields)
    cells = [Cell(now.get(name, ""), line.before.get(name, "") if name in changed else None) for name in columns]
    return ShownLine(line.row, line.line, cells)
