"""Finds the rows that an earlier upload has loaded of the students of a fix file.

A fix file has only the rows that were not loaded. Where a correction moves a row into a group (a code that was
wrong, and is now that of lines which were right from the start), the group is made of both. Decision 14 says why. What
was loaded is not left out by the fix file either.
"""

from collections.abc import Collection, Iterator

import polars as pl

from tidegate.core.checking import Focus, check, without_equals
from tidegate.core.parsing.fix_file_notes import rows_to_fix
from tidegate.core.rules.expressions import ROW, ROW_IS_BAD
from tidegate.records.reference_data import ReferenceDatabase
from tidegate.uploads.models import RowCorrection, State, Upload
from tidegate.uploads.storage.store import is_kept, opened

_MAX_EARLIER_UPLOADS = 20
_MAX_FIX_FILES_IN_A_ROW = 10


def loaded_before(upload: Upload, rows: pl.DataFrame) -> pl.DataFrame | None:
    """Return what the upload that this fix file corrects has loaded of the students of the fix file's `rows`, with the
    columns that loading needs; None where this is no fix file, or the corrected upload or its file is not there now.

    A row that somebody has added to the fix file by hand may be a line that was loaded before: it is the same line. So
    is one with the key of a line that was loaded.
    """
    correction = RowCorrection.objects.select_related("first").filter(pk=upload.pk).first()
    if correction is not None:
        return loaded_of_same_students(correction.first, rows, numbers=correction.rows, before=upload)
    corrected = _find_corrected(upload)
    if corrected is None:
        return None
    of_page = RowCorrection.objects.select_related("first").filter(pk=corrected.pk).first()
    if of_page is not None:
        loaded = loaded_of_same_students(of_page.first, rows, numbers=_rows_to_fix(upload).values(), before=upload)
    else:
        loaded = _loaded(corrected, _students(upload, rows), depth=_MAX_FIX_FILES_IN_A_ROW)
    if loaded is None:
        return None
    if upload.type.layout.key:
        return _without_keys(upload, loaded, rows)
    return without_equals(loaded, _added_by_hand(upload, rows), on=_content(upload))


def _students(upload: Upload, rows: pl.DataFrame) -> pl.DataFrame:
    on_file = upload.type.layout.on_file
    assert on_file, upload.file_type
    return rows.select(on_file.student).drop_nulls().unique()


def _without_keys(upload: Upload, loaded: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Return what was loaded without the keys of these rows: such a row is the same line."""
    key = list(upload.type.layout.key)
    return loaded.join(rows.select(key).drop_nulls().unique(), on=key, how="anti") if key else loaded


def loaded_of_same_students(
    first: Upload, rows: pl.DataFrame, *, numbers: Collection[int], before: Upload | None = None
) -> pl.DataFrame | None:
    """Return what an upload, and the corrections that were made of its rows on its page, have loaded of the students of
    corrected `rows`; None where a file of theirs is not there now.

    Args:
        first: The upload.
        rows: The rows.
        numbers: Their numbers in the first file. One that a correction has loaded before is the same line.
        before: The correction that has the rows: the others are those before it. None where it is not sent yet.
    """
    students = _students(first, rows)
    earlier = Upload.objects.filter(row_correction__first=first, state=State.FINISHED, check_only=False)
    if before is not None:
        earlier = earlier.filter(pk__lt=before.pk)
    corrections = list(earlier.select_related("organization", "school_year").order_by("pk"))
    if not all(is_kept(each.stored_as) for each in [first, *corrections]):
        return None
    loaded = [_loaded(first, students, depth=_MAX_FIX_FILES_IN_A_ROW)]
    others = [_loaded_alone(each, students).filter(~pl.col(ROW).is_in(list(numbers))) for each in corrections]
    return _without_keys(first, pl.concat([*loaded, *others]), rows)


def _loaded(upload: Upload, students: pl.DataFrame, *, depth: int) -> pl.DataFrame:
    """Return what the upload and those that it corrects have loaded of these students."""
    loaded = _loaded_alone(upload, students)
    corrected = _find_corrected(upload) if depth > 1 else None
    if corrected is None:
        return loaded
    before = _loaded(corrected, students, depth=depth - 1)
    return pl.concat([loaded, without_equals(before, _added_by_hand(upload, loaded), on=_content(upload))])


def _loaded_alone(upload: Upload, groups: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([rows.join(groups, on=groups.columns, how="semi") for rows in _loaded_rows(upload)])


def _content(upload: Upload) -> list[str]:
    """Return the columns of a row in which equal ones agree."""
    on_file = upload.type.layout.on_file
    return list(on_file.columns) if on_file else []


def _rows_to_fix(upload: Upload) -> dict[int, int]:
    with opened(upload.stored_as, sha256=upload.sha256) as path:
        return rows_to_fix(path, upload.layout.in_year(upload.year))


def _added_by_hand(upload: Upload, rows: pl.DataFrame) -> pl.DataFrame:
    """Return those of a fix file's rows that it was not made with."""
    return rows.filter(~pl.col(ROW).is_in(list(_rows_to_fix(upload))))


def _find_corrected(upload: Upload) -> Upload | None:
    """Return the newest earlier upload whose rows with errors are all of those that the fix file names."""
    rows = set(_rows_to_fix(upload).values())
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
    for candidate in earlier.order_by("-pk")[:_MAX_EARLIER_UPLOADS]:
        if is_kept(candidate.stored_as) and rows <= _rows_with_errors(candidate):
            return candidate
    return None


def _loaded_rows(upload: Upload) -> Iterator[pl.DataFrame]:
    """Yield the rows that the upload has loaded, read from its file again. Whether they would be good now does not
    matter: what is stored may have changed since."""
    file_type = upload.type
    focus = Focus(upload.year, upload.organization.pk, upload.organization.name)
    with opened(upload.stored_as, sha256=upload.sha256) as path:
        checked = check(
            path, upload.layout, (), focus=focus, tables=ReferenceDatabase(), keeps=file_type.columns_to_keep()
        )
    with_errors = _rows_with_errors(upload)
    return (rows.filter(~pl.col(ROW).is_in(with_errors)).drop(ROW_IS_BAD) for rows in checked.rows_in_slices())


def _rows_with_errors(upload: Upload) -> set[int]:
    of_rows = upload.findings.filter(severity="error", row__gt=1)
    return {row for row in of_rows.values_list("row", flat=True) if row is not None}
