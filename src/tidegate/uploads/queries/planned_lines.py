"""Reads the plan of an upload again, line by line."""

from collections.abc import Iterator, Sequence

import polars as pl
from django.db.models import F, Sum

from tidegate.core.outputs.planned_lines import PlannedLine, lines_of_frame
from tidegate.core.reference.stored_lines import LINE_ID
from tidegate.uploads.models import PlannedKind, PlanSlice, Upload
from tidegate.uploads.queries.related_rows import PLAN_SLICES


def counts_of(upload: Upload) -> dict[str, int]:
    """Return how many planned lines there are of each kind."""
    if PLAN_SLICES in upload.has_no:
        return {}
    counted = upload.plan_slices.values_list("kind").annotate(count=Sum("line_count"))
    return dict(counted.order_by("kind"))


def planned_lines(upload: Upload, kind: str, *, first: int = 0, count: int | None = None) -> Iterator[PlannedLine]:
    """Yield the planned lines of a kind: all from the place `first` on, or `count` of them."""
    slices = PlanSlice.objects.filter(upload=upload, kind=kind, first__gt=first - F("line_count")).order_by("first")
    if count is not None:
        slices = slices.filter(first__lt=first + count)
    for part in slices.iterator(chunk_size=1):
        begin = max(first - part.first, 0)
        end = part.line_count if count is None else min(first + count - part.first, part.line_count)
        lines = pl.read_ipc_stream(bytes(part.lines)).slice(begin, end - begin)
        yield from lines_of_frame(kind, lines)


def planned_in_slice(part: PlanSlice, places: Sequence[int]) -> Iterator[PlannedLine]:
    """Yield the planned lines of a slice at some places in it."""
    yield from lines_of_frame(part.kind, pl.read_ipc_stream(bytes(part.lines))[list(places)])


def every_planned_line(upload: Upload) -> Iterator[PlannedLine]:
    """Yield all planned lines, kind after kind."""
    for kind in PlannedKind.values:
        yield from planned_lines(upload, kind)


def missing_line_ids(upload: Upload) -> list[int]:
    """Return the IDs of the lines that the upload leaves out."""
    parts = upload.plan_slices.filter(kind=PlannedKind.MISSING).order_by("first").values_list("lines", flat=True)
    return [line for part in parts for line in pl.read_ipc_stream(bytes(part), columns=[LINE_ID])[LINE_ID]]
