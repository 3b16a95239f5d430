"""What has moved since a check: the lines of its plan that differ from those of the plan made anew from its file."""

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl
from django.db.models import Q, QuerySet

from tidegate.core.outputs.planned_lines import PlannedLine
from tidegate.core.reference.stored_lines import LINE_ID
from tidegate.core.rules.expressions import ROW
from tidegate.records.models import CURRENT, StoredLine
from tidegate.records.stored_lines import lines_of
from tidegate.uploads.models import PlannedKind, Upload
from tidegate.uploads.queries.planned_lines import planned_in_slice

_THEN, _NOW = "then", "now"
_KEY = pl.Schema({ROW: pl.UInt32, LINE_ID: pl.Int64})
_UNCHANGED, _NOT_LOADED = "Unchanged", "Not loaded"
_WRITTEN = (PlannedKind.NEW, PlannedKind.CHANGED, PlannedKind.WITHDRAWN)


class MovedLine(NamedTuple):
    """A row of the file, or a line on file, that the two plans do not treat alike.

    Attributes:
        row: The row of the file; None where a line was or is withdrawn.
        line: The ID of the line on file, where there is one.
        then: What the check would have done with it, in words.
        now: What the present plan does with it.
        cells: What the row says, or the line, by column.
    """

    row: int | None
    line: int | None
    then: str
    now: str
    cells: dict[str, str]


class MovedLines(NamedTuple):
    """How many rows and lines differ, and the first of them."""

    line_count: int
    lines: list[MovedLine]


def moved_lines(upload: Upload, *, count: int) -> MovedLines | None:
    """Return the first lines that have moved since the check which the upload follows; None where the plan has not
    moved, or the lines of one of the two are not kept any more."""
    check = upload.follows
    if not upload.plan_has_moved or check is None or upload.log_deleted_at or check.log_deleted_at:
        return None
    then, now = _positions(check), _positions(upload)
    pairs = pl.concat([_differing(then, now, key=key) for key in (ROW, LINE_ID)])
    shown = pairs.head(count)
    of_then, of_now = _planned(check, shown[f"{_THEN}_at"]), _planned(upload, shown[f"{_NOW}_at"])
    told = _Told(upload, shown)
    lines = [told.line(each, of_then, of_now) for each in shown.iter_rows(named=True)]
    return MovedLines(pairs.height, lines)


def _positions(upload: Upload) -> pl.DataFrame:
    """Return of every row and line that a plan changes where it is kept: the kind, the slice, the position in it."""
    found = [pl.DataFrame(schema={**_KEY, "kind": pl.String, "at": pl.Int64})]
    kept = upload.plan_slices.filter(kind__in=_WRITTEN).order_by("kind", "first")
    first = 0
    for part in kept.iterator(chunk_size=1):
        lines = pl.read_ipc_stream(bytes(part.lines))
        keys = [(pl.col(name) if name in lines.columns else pl.lit(None)).cast(_KEY[name]).alias(name) for name in _KEY]
        positions = pl.int_range(first, first + lines.height, dtype=pl.Int64).alias("at")
        found.append(lines.select(*keys, pl.lit(part.kind).alias("kind"), positions))
        first += lines.height
    return pl.concat(found)


def _differing(then: pl.DataFrame, now: pl.DataFrame, *, key: str) -> pl.DataFrame:
    """Return the rows of the file (ROW) or the withdrawn lines (LINE_ID) that two plans do not treat alike."""
    is_of_key = pl.col(ROW).is_not_null() if key == ROW else pl.col(ROW).is_null()
    sides = [
        plan.filter(is_of_key).select(key, *(pl.col(name).alias(f"{side}_{name}") for name in ("kind", "at", LINE_ID)))
        for side, plan in ((_THEN, then), (_NOW, now))
    ]
    both = sides[0].join(sides[1], on=key, how="full", coalesce=True).sort(key)
    differs = pl.any_horizontal(
        pl.col(f"{_THEN}_{name}").ne_missing(pl.col(f"{_NOW}_{name}")) for name in ("kind", LINE_ID)
    )
    line = pl.coalesce(f"{_NOW}_{LINE_ID}", f"{_THEN}_{LINE_ID}").alias(LINE_ID)
    row = (pl.col(ROW) if key == ROW else pl.lit(None)).cast(_KEY[ROW]).alias(ROW)
    return both.filter(differs).select(row, line, f"{_THEN}_at", f"{_NOW}_at")


def _planned(upload: Upload, positions: pl.Series) -> dict[int, PlannedLine]:
    """Return the planned lines at some positions, as `_positions` counts them."""
    wanted, first = sorted(positions.drop_nulls().to_list()), 0
    found: dict[int, PlannedLine] = {}
    for part in upload.plan_slices.filter(kind__in=_WRITTEN).order_by("kind", "first").defer("lines"):
        here = [position for position in wanted if first <= position < first + part.line_count]
        lines = planned_in_slice(part, [position - first for position in here]) if here else iter(())
        found.update(zip(here, lines, strict=bool(here)))
        first += part.line_count
    return found


class _Told:
    """Says of each line what becomes of it by a plan."""

    def __init__(self, upload: Upload, shown: pl.DataFrame) -> None:
        rows = shown[ROW].drop_nulls().to_list()
        self._bad = set(upload.findings.filter(severity="error", row__in=rows).values_list("row", flat=True))
        lines = lines_of(upload.type)
        assert lines is not None
        current: QuerySet[StoredLine] = QuerySet(lines.model).filter(CURRENT, Q(pk__in=shown[LINE_ID].to_list()))
        self._current = set(current.values_list("pk", flat=True))

    def line(self, at: dict[str, int | None], then: dict[int, PlannedLine], now: dict[int, PlannedLine]) -> MovedLine:
        """Return a line in words; `at` has its row, its ID, and its positions in the two plans."""
        before, after = _line_at(at[f"{_THEN}_at"], then), _line_at(at[f"{_NOW}_at"], now)
        row, line = at[ROW], at[LINE_ID]
        cells = next((each.after or each.before for each in (after, before) if each), {})
        return MovedLine(
            row,
            line,
            _in_words(before) or ("Unchanged or not loaded" if row else "Not withdrawn"),
            _in_words(after) or (self._row_now(row) if row else self._line_now(line)),
            cells,
        )

    def _row_now(self, row: int) -> str:
        return _NOT_LOADED if row in self._bad else _UNCHANGED

    def _line_now(self, line: int | None) -> str:
        return "Stays on file" if line in self._current else "Not on file any more"


def _line_at(position: int | None, lines: dict[int, PlannedLine]) -> PlannedLine | None:
    return None if position is None else lines[position]


def _in_words(line: PlannedLine | None) -> str:
    if line is None:
        return ""
    if line.kind != PlannedKind.CHANGED:
        return PlannedKind(line.kind).label
    return "; ".join(_changes(line))


def _changes(line: PlannedLine) -> Iterator[str]:
    for name in line.fields:
        yield f"{name} {line.before.get(name) or '(blank)'} → {line.after[name] or '(blank)'}"
