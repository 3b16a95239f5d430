"""Loads the good rows of an upload: stages them, and lets the file type move them into the records."""

from dataclasses import dataclass
from itertools import chain

import polars as pl
from django.db import connection, transaction

from tidegate.core.checking import CheckResult
from tidegate.core.layouts.layout import Layout
from tidegate.file_types.file_type import FileType
from tidegate.records.load_lines import load_of
from tidegate.reference.copy_rows import current_time, stage_slices
from tidegate.uploads.lifecycle.hold import is_over_limit, replaced_percent
from tidegate.uploads.models import Upload

STAGED = "staged_rows"


@dataclass(frozen=True)
class Loaded:
    """How the records changed: versions added, versions replaced, and rows that say what is stored already."""

    added_count: int = 0
    replaced_count: int = 0
    unchanged_count: int = 0
    replaced_percent: int = 0
    is_over_limit: bool = False


def load_rows(upload: Upload, checked: CheckResult) -> Loaded:
    """Load the good rows within the caller's transaction.

    A check-only upload, and one that would replace more than the state lets pass, is counted and rolled back.
    """
    answer = upload.type.answer
    if answer is None or checked.is_refused:
        return _load(upload, checked)
    with transaction.atomic():
        loaded = _load(upload, checked)
        answer.hold(checked, upload_id=upload.pk)
        if upload.check_only:
            transaction.set_rollback(True)
    answer.keep_answer(checked, upload_id=upload.pk, check_only=upload.check_only)
    return loaded


def _load(upload: Upload, checked: CheckResult) -> Loaded:
    load = load_of(upload.type)
    if not checked.success_count or load is None:
        return Loaded()
    before = _rows_loaded_before(checked)
    good = (values_to_load(rows, upload.type, checked.layout) for rows in chain(checked.good_rows_in_slices(), before))
    with transaction.atomic():
        stage_slices(STAGED, good)
        with connection.cursor() as cursor:
            added, replaced, unchanged = load(
                cursor, STAGED, upload_id=upload.pk, school_year=upload.year, at=current_time()
            )
        percent = replaced_percent(upload, added_count=added, replaced_count=replaced)
        is_over = is_over_limit(upload, percent=percent, replaced_count=replaced)
        if upload.check_only or is_over:
            transaction.set_rollback(True)
    return Loaded(added, replaced, max(0, unchanged - sum(rows.height for rows in before)), percent, is_over)


def _rows_loaded_before(checked: CheckResult) -> list[pl.DataFrame]:
    """Return the rows that the corrected upload has loaded in the groups of a fix file's good rows."""
    if checked.loaded_before is None:
        return []
    group = list(checked.layout.group)
    good = pl.concat([rows.select(group) for rows in checked.good_rows_in_slices()]).unique()
    return [checked.loaded_before.join(good, on=group, how="semi")]


def values_to_load(rows: pl.DataFrame, file_type: FileType, layout: Layout) -> pl.DataFrame:
    """Return the row numbers, the values under their columns' names, and the look-ups under theirs."""
    values = [pl.col(f"{name}:value").alias(name) for name in layout.columns]
    return rows.select("row", *values, *file_type.loads)
