"""The plan of an upload as its page shows it: tiles, the first lines of each kind, and what can be decided."""

from dataclasses import dataclass, replace

from django.utils.text import capfirst

from tidegate.core.outputs.planned_lines import PlannedLine
from tidegate.uploads.lifecycle.withdrawals.withdraw import still_on_file
from tidegate.uploads.models import Finding, PlannedKind, State, Upload
from tidegate.uploads.queries.plan_differences import MovedLine, moved_lines
from tidegate.uploads.queries.planned_lines import counts_of, missing_line_ids, planned_lines
from tidegate.uploads.queries.rows_to_choose import choice_codes, codes_that_wait

_MAX_LINES = 10
_MAX_ROWS_TO_CHOOSE = 200
_MAX_MOVED_LINES = 100
# Of more lines that a file leaves out only those that are shown are looked up.
_MAX_LINES_LOOKED_UP = 10_000
_HEADINGS = {
    PlannedKind.WITHDRAWN: ("Withdrawn", "Would be withdrawn"),
    PlannedKind.CHANGED: ("Changed", "Would change"),
    PlannedKind.NEW: ("New", "Would be new"),
    PlannedKind.MISSING: ("On file, and not in this file", "On file, and not in this file"),
}


@dataclass(frozen=True)
class PlanCell:
    """A cell of a line: its text, and what it was where it changes."""

    text: str
    before: str | None = None


@dataclass(frozen=True)
class ShownLine:
    """A line of a table. `is_on_file` says of a line that the file leaves out whether it still is."""

    row: int | None
    line: int | None
    cells: list[PlanCell]
    is_on_file: bool = True


@dataclass(frozen=True)
class PlannedPart:
    """Some lines of a kind, with their columns, and how many there are in all.

    `open_count` says how many that the file leaves out are still on file, as far as they are looked up.
    """

    kind: PlannedKind
    heading: str
    columns: list[str]
    lines: list[ShownLine]
    line_count: int
    open_count: int = 0

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
    part = PlannedPart(kind, _HEADINGS[kind][would], columns, lines, line_count)
    return _with_what_is_open(upload, part) if kind == PlannedKind.MISSING else part


def _with_what_is_open(upload: Upload, part: PlannedPart) -> PlannedPart:
    """Return the part with what is said of each line, whether it is on file: somebody may have withdrawn it since."""
    shown = [line.line for line in part.lines if line.line is not None]
    is_few = part.line_count <= _MAX_LINES_LOOKED_UP
    on_file = still_on_file(upload, missing_line_ids(upload) if is_few else shown)
    lines = [replace(line, is_on_file=line.line in on_file) for line in part.lines]
    return replace(part, lines=lines, open_count=len(on_file) if is_few else part.line_count)


def planned_parts(upload: Upload) -> list[PlannedPart]:
    """Return the first lines of each kind that the plan has; those left out are a part of their own."""
    counts = counts_of(upload)
    return [planned_part(upload, kind, line_count=counts[kind]) for kind in PlannedKind if counts.get(kind)]


def shown_changes(upload: Upload) -> list[tuple[str, int, int]]:
    """Return each count of the plan that a person has seen and of the present one, where these are two plans."""
    seen, now = upload.changes_seen, upload.changes
    return [(capfirst(name), seen[name], now[name]) for name in now] if seen and now else []


@dataclass(frozen=True)
class MovedPart:
    """The first rows and lines that a plan and the check before it do not treat alike: what became of each then, what
    becomes of it now, and its cells."""

    columns: list[str]
    lines: list[tuple[MovedLine, list[str]]]
    line_count: int

    @property
    def more_count(self) -> int:
        """How many lines are not shown."""
        return self.line_count - len(self.lines)


def moved_part(upload: Upload) -> MovedPart | None:
    """Return what has moved since the check that the upload follows; None where nothing has, or nobody knows."""
    moved = moved_lines(upload, count=_MAX_MOVED_LINES)
    if moved is None or not moved.line_count:
        return None
    columns = list(upload.type.layout.in_year(upload.year).columns)
    lines = [(line, [line.cells.get(name, "") for name in columns]) for line in moved.lines]
    return MovedPart(columns, lines, moved.line_count)


@dataclass(frozen=True)
class RowsToChoose:
    """The first rows that wait by one rule for a choice what becomes of lines on file. Where these are another
    organization's, they can only be kept."""

    code: str
    findings: list[Finding]
    has_more: bool
    is_of_others: bool


def rows_to_choose(upload: Upload) -> list[RowsToChoose]:
    """Return the rows that wait for a choice, by the rule that has them wait."""
    others = choice_codes(upload).of_others
    parts = []
    for code in codes_that_wait(upload):
        found = list(upload.findings.filter(code=code, severity="error")[: _MAX_ROWS_TO_CHOOSE + 1])
        has_more = len(found) > _MAX_ROWS_TO_CHOOSE
        parts.append(RowsToChoose(code, found[:_MAX_ROWS_TO_CHOOSE], has_more, is_of_others=code == others))
    return parts


def _shown(line: PlannedLine, columns: list[str]) -> ShownLine:
    now, changed = line.after or line.before, set(line.fields)
    cells = [PlanCell(now.get(name, ""), line.before.get(name, "") if name in changed else None) for name in columns]
    return ShownLine(line.row, line.line, cells)
