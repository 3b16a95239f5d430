"""Finds the rows that an earlier upload has loaded of the students of a fix file.

A fix file has only the rows that were not loaded. Where a correction moves a row into a group (a code that was
wrong, and is now that of lines which were right from the start), the group is made of both. Decision 14 says why. What
was loaded is not left out by the fix file either.
"""

from collections.abc import Collection

import polars as pl

from tidegate.core.checking import Focus, LoadedBefore, check, without_equals
from tidegate.core.rules.expressions import ROW, ROW_IS_BAD
from tidegate.records.reference_data import ReferenceDatabase
from tidegate.uploads.lifecycle.checking.find_corrected import (
    FoundCorrected,
    find_corrected,
    has_loaded,
    rows_with_errors,
)
from tidegate.uploads.models import RowCorrection, State, Upload
from tidegate.uploads.storage.store import is_kept, opened

_MAX_FIX_FILES_IN_A_ROW = 10


def loaded_before(upload: Upload, rows: pl.DataFrame) -> LoadedBefore | None:
    """Return what the upload that this fix file corrects has loaded of the students of the fix file's `rows`, with the
    columns that loading needs; None where this is no fix file, or the corrected upload or its file is not there now.

    A row that somebody has added to the fix file by hand may be a line that was loaded before: it is the same line. So
    is one with the key of a line that was loaded. A fix file that was sent by itself follows that upload from now on.
    """
    correction = RowCorrection.objects.select_related("first").filter(pk=upload.pk).first()
    if correction is not None:
        return loaded_of_same_students(correction.first, rows, numbers=correction.rows, before=upload)
    corrected = find_corrected(upload)
    if corrected is None:
        return None
    if upload.follows_id is None:
        upload.follows = corrected.upload  # the rows that the fix file does not have are still to go there
    found = loaded_of_same_students(corrected.upload, rows, numbers=corrected.numbers.values(), before=upload)
    if found is None or upload.type.layout.key:
        return found
    return found._replace(rows=without_equals(found.rows, _added_by_hand(corrected, rows), on=_content(upload)))


def loaded_of_same_students(
    first: Upload, rows: pl.DataFrame, *, numbers: Collection[int], before: Upload | None = None
) -> LoadedBefore | None:
    """Return what an upload, and the corrections that were made of its rows on its page, have loaded of the students of
    corrected `rows`; None where a file of theirs is not there now.

    Args:
        first: The upload.
        rows: The rows.
        numbers: Their numbers in the first file. One that a correction has loaded before is the same line.
        before: The upload that has the rows: the corrections are those before it. None where it is not sent yet.
    """
    with_files = [first, *(each for each in _corrections(first, before) if each.row_correction.rows)]
    if not all(is_kept(each.stored_as) for each in with_files):
        return None
    students = rows.select(_student(first)).drop_nulls().unique()
    found = _loaded(first, students, numbers=numbers, before=before, depth=_MAX_FIX_FILES_IN_A_ROW)
    key = list(first.type.layout.key)
    same = rows.select(key).drop_nulls().unique() if key else None
    return found if same is None else found._replace(rows=found.rows.join(same, on=key, how="anti"))


def _corrections(first: Upload, before: Upload | None) -> list[Upload]:
    """Return the corrections on the page of an upload that were loaded, the newest first. One that only leaves rows out
    has no file."""
    found = Upload.objects.filter(row_correction__first=first, state=State.FINISHED, check_only=False)
    if before is not None:
        found = found.filter(pk__lt=before.pk)
    return list(found.select_related("organization", "school_year", "row_correction").order_by("-pk"))


def _loaded(
    upload: Upload, students: pl.DataFrame, *, numbers: Collection[int], before: Upload | None, depth: int
) -> LoadedBefore:
    """Return what the upload, the corrections on its page and those that it corrects have loaded of these students.

    Args:
        upload: The upload.
        students: The students.
        numbers: The numbers of its rows that a later upload corrects.
        before: The later upload; None where it is not sent yet.
        depth: How many uploads are followed, this one included.
    """
    own, with_errors = _rows_of_students(upload, students), rows_with_errors(upload)
    if not has_loaded(upload):
        with_errors = set(own[ROW])  # all of them are still to come
    good = own.filter(~pl.col(ROW).is_in(with_errors))
    parts, settled = [good], set(numbers)
    for each in _corrections(upload, before):
        if not each.row_correction.rows:
            settled |= set(each.row_correction.left_out)
            continue
        if not is_kept(each.stored_as):
            continue
        bad = rows_with_errors(each)
        of_correction = _rows_of_students(each, students)
        parts.append(of_correction.filter(~pl.col(ROW).is_in(bad | settled)))
        settled |= {*each.row_correction.left_out, *each.row_correction.rows} - bad
    unsettled = own.filter(pl.col(ROW).is_in(with_errors - settled))[_student(upload)]
    found = LoadedBefore(pl.concat(parts), upload.pk, unsettled)
    corrected = find_corrected(upload) if depth > 1 else None
    if corrected is None:
        return found
    numbers = corrected.numbers.values()
    earlier = _loaded(corrected.upload, students, numbers=numbers, before=upload, depth=depth - 1)
    rest = without_equals(earlier.rows, _added_by_hand(corrected, good), on=_content(upload))
    unsettled = pl.concat([unsettled, earlier.unsettled])
    return LoadedBefore(pl.concat([found.rows, rest]), earlier.since, unsettled)


def _student(upload: Upload) -> str:
    on_file = upload.type.layout.on_file
    assert on_file, upload.file_type
    return on_file.student


def _content(upload: Upload) -> list[str]:
    """Return the columns of a row in which equal ones agree."""
    on_file = upload.type.layout.on_file
    return list(on_file.columns) if on_file else []


def _added_by_hand(corrected: FoundCorrected, rows: pl.DataFrame) -> pl.DataFrame:
    """Return those of a fix file's rows that it was not made with."""
    return rows.filter(~pl.col(ROW).is_in(list(corrected.numbers)))


def _rows_of_students(upload: Upload, students: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of an upload about these students, read from its file again. Whether they would be good now does
    not matter: what is stored may have changed since."""
    file_type = upload.type
    focus = Focus(upload.year, upload.organization.pk, upload.organization.name)
    with opened(upload.stored_as, sha256=upload.sha256) as path:
        checked = check(
            path, upload.layout, (), focus=focus, tables=ReferenceDatabase(), keeps=file_type.columns_to_keep()
        )
    of_students = (rows.join(students, on=students.columns, how="semi") for rows in checked.rows_in_slices())
    return pl.concat(rows.drop(ROW_IS_BAD) for rows in of_students)
