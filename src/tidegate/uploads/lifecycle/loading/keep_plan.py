"""Keeps the plan of an upload: what it changes of the lines on file, or has changed, line by line."""

import io
from collections import Counter
from collections.abc import Iterator

import polars as pl

from tidegate.core.checking import CheckResult, LinePlan
from tidegate.core.outputs.planned_lines import frames_of_plan
from tidegate.records.lines_as_sent import stored_as_sent, titles_of
from tidegate.records.stored_lines import lines_of
from tidegate.uploads.models import PlanSlice, Upload

_LINES_PER_SLICE = 10_000


def keep_plan(upload: Upload, plan: LinePlan, checked: CheckResult | None = None) -> None:
    """Keep the lines of a plan, in the order of the file, or of their IDs. Call it before the plan is written.

    The rows of `checked`, if a file was checked, are those that the plan speaks of.
    """
    lines = lines_of(upload.type)
    assert lines is not None
    titles = titles_of(lines, upload.year)
    frames = frames_of_plan(plan, checked, titles, lambda ids: stored_as_sent(lines, ids, titles))
    PlanSlice.objects.bulk_create(_slices(upload, frames), batch_size=20)


def note_plan(upload: Upload, plan: LinePlan) -> None:
    """Note on the upload what the plan leaves out. If it is not the one that a person has seen and wants loaded, the
    upload becomes a check of the present one: nothing is loaded that nobody has seen."""
    upload.plan_sha256 = plan.sha256
    upload.missing_count, upload.of_others_count = plan.missing.len(), plan.of_others_count
    upload.schools_left_out = list(plan.schools_left_out)
    if upload.plan_has_moved:
        upload.check_only = True


def _slices(upload: Upload, frames: Iterator[tuple[str, pl.DataFrame]]) -> Iterator[PlanSlice]:
    first: Counter[str] = Counter()
    for kind, frame in frames:
        for part in frame.iter_slices(_LINES_PER_SLICE):
            yield PlanSlice(upload=upload, kind=kind, first=first[kind], line_count=part.height, lines=_written(part))
            first[kind] += part.height


def _written(lines: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    lines.write_ipc_stream(buffer, compression="zstd")
    return buffer.getvalue()
