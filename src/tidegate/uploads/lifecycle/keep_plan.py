"""Keeps the plan of an upload: what it changes of the lines on file, or has changed, line by line."""

import io
from collections.abc import Iterator

import polars as pl

from tidegate.core.checking import CheckResult, LinePlan
from tidegate.core.checking.line_plan import CHANGED, NEW
from tidegate.core.reference.stored_lines import LINE_ID
from tidegate.core.rules.expressions import ROW
from tidegate.records.lines_as_sent import Titles, rows_as_sent, stored_as_sent
from tidegate.records.stored_lines import StoredLines, lines_of
from tidegate.uploads.models import AFTER, BEFORE, PlannedKind, PlanSlice, Upload

_LINES_PER_SLICE = 10_000


def keep_plan(upload: Upload, plan: LinePlan, checked: CheckResult | None = None) -> None:
    """Keep the lines of a plan, in the order of the file, or of their IDs. Call it before the plan is written.

    The rows of `checked`, if a file was checked, are those that the plan speaks of.
    """
    lines = lines_of(upload.type)
    assert lines is not None
    titles = Titles.of(lines, upload.year)
    parts: dict[PlannedKind, Iterator[pl.DataFrame]] = {
        PlannedKind.WITHDRAWN: _stored(lines, plan.withdrawn, titles),
        PlannedKind.MISSING: _stored(lines, plan.missing, titles),
    }
    if checked is not None:
        parts[PlannedKind.CHANGED] = _changed(lines, checked, titles)
        parts[PlannedKind.NEW] = _named(checked.planned_rows_in_slices(NEW), titles)
    for kind, frames in parts.items():
        PlanSlice.objects.bulk_create(_slices(upload, kind, frames), batch_size=20)


def note_plan(upload: Upload, plan: LinePlan) -> None:
    """Note on the upload what the plan leaves out. If it is not the one that a person has seen and wants loaded, the
    upload becomes a check of the present one: nothing is loaded that nobody has seen."""
    upload.plan_sha256 = plan.sha256
    upload.missing_count, upload.of_others_count = plan.missing.len(), plan.of_others_count
    upload.schools_left_out = list(plan.schools_left_out)
    if upload.plan_has_moved:
        upload.check_only = True


def _slices(upload: Upload, kind: PlannedKind, frames: Iterator[pl.DataFrame]) -> Iterator[PlanSlice]:
    first = 0
    for frame in frames:
        for part in frame.iter_slices(_LINES_PER_SLICE):
            yield PlanSlice(upload=upload, kind=kind, first=first, line_count=part.height, lines=_written(part))
            first += part.height


def _written(lines: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    lines.write_ipc_stream(buffer, compression="zstd")
    return buffer.getvalue()


def _stored(lines: StoredLines, ids: pl.Series, titles: Titles) -> Iterator[pl.DataFrame]:
    for some in ids.to_frame().iter_slices(_LINES_PER_SLICE):
        yield _prefixed(stored_as_sent(lines, some.to_series(), titles), BEFORE)


def _named(slices: Iterator[pl.DataFrame], titles: Titles) -> Iterator[pl.DataFrame]:
    for rows in slices:
        if not rows.is_empty():
            yield rows.select(ROW, LINE_ID).hstack(_prefixed(rows_as_sent(rows, titles), AFTER))


def _changed(lines: StoredLines, checked: CheckResult, titles: Titles) -> Iterator[pl.DataFrame]:
    for after in _named(checked.planned_rows_in_slices(CHANGED), titles):
        before = _prefixed(stored_as_sent(lines, after[LINE_ID], titles), BEFORE)
        yield after.join(before, on=LINE_ID, how="left", maintain_order="left")


def _prefixed(lines: pl.DataFrame, prefix: str) -> pl.DataFrame:
    return lines.rename({name: f"{prefix}{name}" for name in lines.columns if name != LINE_ID})
