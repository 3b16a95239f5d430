"""Loads what an upload has planned, or the requests of a file type with a load of its own."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl
from django.db import connection, transaction

from tidegate.core.checking import CheckResult
from tidegate.core.checking.line_plan import CHANGED, NEW, UNCHANGED, WITHDRAWN, LinePlan
from tidegate.core.layouts.layout import Layout
from tidegate.file_types.file_type import FileType
from tidegate.records.load_lines import add_lines, end_lines
from tidegate.records.stored_lines import lines_of
from tidegate.reference.copy_rows import current_time, stage_slices
from tidegate.uploads.lifecycle.loading.hold import is_over_limit, replaced_percent
from tidegate.uploads.models import Upload

STAGED = "staged_rows"


@dataclass(frozen=True)
class Loaded:
    """How the records changed: versions added, replaced by others or withdrawn, and rows that say what is stored
    already; and how many rows are held for the state."""

    added_count: int = 0
    replaced_count: int = 0
    withdrawn_count: int = 0
    unchanged_count: int = 0
    replaced_percent: int = 0
    is_over_limit: bool = False
    held_count: int = 0


def load_rows(upload: Upload, checked: CheckResult) -> Loaded:
    """Load the good rows within the caller's transaction.

    Nothing is written of a check-only upload, and of one that would replace more than the state lets pass.
    """
    if checked.is_refused:
        return Loaded()
    if upload.type.own_load is not None:
        return _load_answered(upload, checked)
    return Loaded() if checked.plan is None else _load_planned(upload, checked, checked.plan)


def note_loaded(upload: Upload, loaded: Loaded) -> None:
    """Note on the upload how the records changed, or would."""
    upload.added_count, upload.replaced_count = loaded.added_count, loaded.replaced_count
    upload.withdrawn_count, upload.unchanged_count = loaded.withdrawn_count, loaded.unchanged_count
    upload.replaced_percent, upload.held_count = loaded.replaced_percent, loaded.held_count


def _load_planned(upload: Upload, checked: CheckResult, plan: LinePlan) -> Loaded:
    counts = plan.counts
    replaced_count = counts[CHANGED] + counts[WITHDRAWN]
    percent = replaced_percent(upload, replaced_count=replaced_count)
    is_over = is_over_limit(upload, percent=percent, replaced_count=replaced_count)
    if not (upload.check_only or is_over):
        write_plan(upload, checked, plan)
    return Loaded(
        added_count=counts[NEW] + counts[CHANGED],
        replaced_count=replaced_count,
        withdrawn_count=counts[WITHDRAWN],
        unchanged_count=counts[UNCHANGED],
        replaced_percent=percent,
        is_over_limit=is_over,
    )


def write_plan(upload: Upload, checked: CheckResult, plan: LinePlan) -> None:
    """End and add the lines of the plan, all or none.

    Raises:
        IntegrityError: What is on file is not what the plan was made with: the rows must be checked again.
    """
    lines = lines_of(upload.type)
    assert lines is not None
    with transaction.atomic():
        at = current_time()
        end_lines(lines, plan.ended, upload_id=upload.pk, at=at)
        if plan.count_of(NEW) or plan.count_of(CHANGED):
            stage_slices(STAGED, _rows_to_write(upload, checked))
            add_lines(lines, STAGED, upload_id=upload.pk, school_year=upload.year, at=at)


def _rows_to_write(upload: Upload, checked: CheckResult) -> Iterator[pl.DataFrame]:
    for rows in checked.planned_rows_in_slices(NEW, CHANGED):
        yield values_to_load(rows, upload.type, checked.layout)


def _load_answered(upload: Upload, checked: CheckResult) -> Loaded:
    """Load the rows of a type with a load of its own, and keep its answers; of a check-only upload just the answers."""
    with transaction.atomic():
        loaded, held_count = _load_in_its_way(upload, checked), 0
        if (answer := upload.type.answer) is not None:
            held_count = answer.hold(checked, upload_id=upload.pk)
        if upload.check_only:
            transaction.set_rollback(True)
    if answer is not None:
        answer.keep_answer(checked, upload_id=upload.pk, check_only=upload.check_only)
    return replace(loaded, held_count=held_count)


def _load_in_its_way(upload: Upload, checked: CheckResult) -> Loaded:
    own_load = upload.type.own_load
    if not checked.success_count or own_load is None:
        return Loaded()
    good = (values_to_load(rows, upload.type, checked.layout) for rows in checked.good_rows_in_slices())
    stage_slices(STAGED, good)
    with connection.cursor() as cursor:
        added, replaced, unchanged = own_load.load(
            cursor, STAGED, upload_id=upload.pk, school_year=upload.year, at=current_time()
        )
    return Loaded(added_count=added, replaced_count=replaced, unchanged_count=unchanged)


def values_to_load(rows: pl.DataFrame, file_type: FileType, layout: Layout) -> pl.DataFrame:
    """Return the row numbers, the values under their columns' names, and the look-ups under theirs."""
    values = [pl.col(f"{name}:value").alias(name) for name in layout.columns]
    return rows.select("row", *values, *file_type.loads)
