"""Finds the rows that an earlier upload has loaded in the groups which a fix file adds to.

A fix file has only the rows that were not loaded. Where a correction moves a row into a group (a CTE code that was
wrong, and is now that of lines which were right from the start), the group is made of both. Decision 14 says why.
"""

from collections.abc import Iterator

import polars as pl

from tidegate.core.checking import Checked, Focus, check
from tidegate.core.results.fix_file import rows_to_fix
from tidegate.records.stored import DatabaseTables
from tidegate.uploads.models import State, Upload
from tidegate.uploads.store import is_kept, opened

_MOST_UPLOADS = 20
_MOST_FIX_FILES = 10


def loaded_before(upload: Upload, checked: Checked) -> pl.DataFrame:
    """Return the rows, shaped as the good ones of `checked`, of which there are some, that the corrected upload has
    loaded in their groups; none where this is no fix file, or the corrected upload or its file is not there now."""
    group = list(checked.layout.group)
    none = next(checked.good_rows_in_slices()).clear()
    if not group or not checked.is_fix_file:
        return none
    keys = pl.concat([rows.select(group) for rows in checked.good_rows_in_slices()]).unique()
    found = [none]
    corrected = _find_corrected(upload)
    for _ in range(_MOST_FIX_FILES):
        if corrected is None:
            break
        found += [rows.join(keys, on=group, how="semi") for rows in _loaded_rows(corrected)]
        corrected = _find_corrected(corrected)
    return pl.concat(found, how="diagonal_relaxed").select(none.columns)


def _find_corrected(upload: Upload) -> Upload | None:
    """Return the newest earlier upload whose rows with errors are all of those that the fix file names."""
    with opened(upload.stored_as) as path:
        rows = rows_to_fix(path, upload.kind.layout.in_year(upload.year))
    if not rows:
        return None
    earlier = Upload.objects.select_related("school_year", "organization").filter(
        organization_id=upload.organization_id,
        school_year_id=upload.school_year_id,
        file_type=upload.file_type,
        state=State.FINISHED,
        log_deleted_at=None,
        check_only=False,
        error_count__gte=len(rows),
        pk__lt=upload.pk,
    )
    for candidate in earlier.order_by("-pk")[:_MOST_UPLOADS]:
        if is_kept(candidate.stored_as) and rows <= _rows_with_errors(candidate):
            return candidate
    return None


def _loaded_rows(upload: Upload) -> Iterator[pl.DataFrame]:
    """Yield the rows that the upload has loaded, read from its file again."""
    kind = upload.kind
    focus = Focus(upload.year, upload.organization.pk, upload.organization.name)
    with opened(upload.stored_as) as path:
        checked = check(path, kind.layout, kind.rules, focus=focus, tables=DatabaseTables())
    with_errors = _rows_with_errors(upload)
    return (rows.filter(~pl.col("row").is_in(with_errors)) for rows in checked.good_rows_in_slices())


def _rows_with_errors(upload: Upload) -> set[int]:
    of_rows = upload.findings.filter(severity="error", row__gt=1)
    return {row for row in of_rows.values_list("row", flat=True) if row is not None}
