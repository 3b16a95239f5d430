"""Checks the file of an upload, by the rules and the limits of the site."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import cast

import polars as pl
from django.conf import settings

from tidegate.core.checking import CheckResult, FindLoadedBefore, Focus, PlanSettings, check
from tidegate.core.checking.line_plan import SENDERS, Choice
from tidegate.core.reading.limits import Limits
from tidegate.core.reference.folder import ReferenceData
from tidegate.file_types.layouts_in_year import LayoutsInYear
from tidegate.records.exported_lines import students_with_lines
from tidegate.records.models import Change
from tidegate.records.reference_data import ReferenceDatabase
from tidegate.records.stored_lines import lines_of
from tidegate.uploads.lifecycle.checking.corrected_rows import loaded_before
from tidegate.uploads.models import RowCorrection, Upload
from tidegate.uploads.storage.store import opened


def check_upload(
    upload: Upload,
    *,
    tables: ReferenceData,
    on_progress: Callable[[int], None] = lambda _row_count: None,
    plans: bool = False,
) -> CheckResult:
    """Return what is wrong with the upload's file, with what loading its rows needs; nothing is written.

    With `plans` it has the plan of what the good rows do to the lines on file.

    `on_progress` is called after each slice with the number of rows checked so far.
    """
    with opened(upload.stored_as, sha256=upload.sha256) as path:
        return check_path(upload, path, tables=tables, on_progress=on_progress, plans=plans)


def check_path(
    upload: Upload,
    path: Path,
    *,
    tables: ReferenceData,
    on_progress: Callable[[int], None] = lambda _row_count: None,
    plans: bool,
    find_before: FindLoadedBefore | None = None,
) -> CheckResult:
    """Return what is wrong with a file that lies elsewhere, as `check_upload` does with the upload's own.

    Args:
        upload: Whose file it is; it need not be stored.
        path: The file.
        tables: The state's reference data.
        on_progress: Called after each slice with the number of rows checked so far.
        plans: Whether the result has a plan.
        find_before: Finds what the upload that the file corrects has loaded; by the upload itself, if left out.
    """
    file_type = upload.type
    return check(
        path,
        upload.layout,
        file_type.rules,
        focus=Focus(upload.year, upload.organization.pk, upload.organization.name),
        tables=tables,
        others=LayoutsInYear(upload.year),
        limits=limits_of_site(),
        keeps=file_type.columns_to_keep(),
        on_progress=on_progress,
        loaded_before=find_before or partial(loaded_before, upload),
        plan=plan_options(upload) if plans else None,
    )


def plan_options(upload: Upload) -> PlanSettings:
    """Return what the sender says about lines on file that the file does not have.

    Rows of a complete file that were corrected on its page, or have waited, change the lines of their students as it
    would. It is not said with them that they are complete: to the release before, which may process them beside this
    one, they would be everything.
    """
    correction = RowCorrection.objects.select_related("first").filter(pk=upload.pk).first()

    def senders(changes: pl.Series) -> pl.DataFrame:
        found = Change.objects.filter(pk__in=changes.to_list()).values_list("pk", "organization_id")
        return pl.DataFrame(list(found), schema=SENDERS, orient="row")

    return PlanSettings(
        missing=cast("Choice", str(upload.missing)),
        chosen_rows=None if upload.missing_rows is None else frozenset(upload.missing_rows),
        is_of_groups=upload.missing_of_groups,
        is_complete=upload.complete or (correction is not None and correction.first.complete),
        is_fix_file=upload.is_fix_file or correction is not None,
        senders=senders,
    )


def tables_of(upload: Upload) -> ReferenceDatabase:
    """Return the database that locks the students of the upload's file; of a file that is everything, and withdraws
    what it leaves out, also those whom it does not name."""
    lines = lines_of(upload.type)
    if lines is None or not plan_options(upload).withdraws_the_rest:
        return ReferenceDatabase(is_locking=True)
    return ReferenceDatabase(is_locking=True, others=students_with_lines(lines, upload.organization, upload.year))


def limits_of_site() -> Limits:
    """Return how large a file may be, and how much of it unreadable."""
    return Limits(
        row_count=settings.TIDEGATE_MAX_ROWS or None,
        unreadable_percent=settings.TIDEGATE_MAX_UNREADABLE_PERCENT or None,
    )
