"""Ends the wait of rows whose lines a newer upload has: the newer file wins."""

import hashlib
from collections.abc import Iterator, Sequence

import polars as pl
from django.db.models import Q, QuerySet
from django.utils import timezone
from psycopg import sql

from tidegate.core.checking import CheckResult
from tidegate.core.layouts.identifiers import student_numbers
from tidegate.core.layouts.layout import Layout
from tidegate.core.rules.expressions import ROW_IS_BAD
from tidegate.reference.copy_rows import read_columns, staged, table_of
from tidegate.reference.models import Organization
from tidegate.uploads.models import RowCorrection, Upload, WaitEnd, WaitingRow, WaitState
from tidegate.uploads.models.waiting_row import OPEN

_STAGED = "students_of_file"
_NUMBER = "number"
_OLDER = pl.Schema({"id": pl.Int64, "unit": pl.String, "is_own": pl.String})
_FIND_OLDER = sql.SQL("""
    SELECT waiting.id, waiting.unit, coalesce(sender.parent_id, sender.id) = {district}
    FROM {waiting} waiting JOIN {uploads} upload ON upload.id = waiting.upload_id
    JOIN {organizations} sender ON sender.id = upload.organization_id
    WHERE waiting.state IN ('may', 'waiting') AND upload.file_type = {file_type} AND upload.school_year_id = {year}
    AND upload.id < {upload} AND waiting.student_id IN (SELECT number FROM {staged})
""")


def units_by(layout: Layout) -> list[str]:
    """Return the columns in which rows agree that are replaced together, or replace the same line."""
    return list(layout.group or layout.key or (student_of(layout),))


def units_of(rows: pl.DataFrame, unit: Sequence[str]) -> list[str]:
    """Return for each row a digest of the columns `unit`."""
    return [hashlib.sha256(repr(each).encode()).hexdigest()[:32] for each in rows.select(unit).iter_rows()]


def student_of(layout: Layout) -> str:
    """Return the column of a row with the state student number."""
    assert layout.on_file, layout.name
    return layout.on_file.student


def end_replaced(upload: Upload, checked: CheckResult) -> None:
    """End the wait of rows of earlier uploads that this one has again: of its own district all of them, of another one
    those of lines that it has loaded."""
    correction = RowCorrection.objects.filter(pk=upload.pk).first()
    if correction is not None:
        _end(_corrected(correction), upload)
    older = WaitingRow.objects.filter(
        state__in=OPEN, upload__file_type=upload.file_type, upload__school_year=upload.school_year_id
    )
    if older.filter(upload__lt=upload.pk).exists():
        _end(WaitingRow.objects.filter(pk__in=_find_older(upload, checked)), upload)


def end_corrected(upload: Upload) -> None:
    """End the wait of rows that a person has left out on the page."""
    _end(_corrected(RowCorrection.objects.get(pk=upload.pk)), upload)


def _corrected(correction: RowCorrection) -> "QuerySet[WaitingRow]":
    """Return the rows that a person has corrected on the page or left out, whatever they say now."""
    earlier = RowCorrection.objects.filter(first=correction.first_id, pk__lt=correction.pk).values("pk")
    rows = [*correction.rows, *correction.left_out]
    of_file = Q(upload=correction.first_id) | Q(upload__in=earlier)
    return WaitingRow.objects.filter(of_file, row__in=rows, state__in=OPEN)


def _end(rows: "QuerySet[WaitingRow]", upload: Upload) -> None:
    """End the wait of rows, and what only may wait: an undo of the upload gives both back."""
    rows.filter(state__in=OPEN).update(
        state=WaitState.ENDED, end=WaitEnd.NEWER, by_upload=upload, ended_at=timezone.now()
    )


def _find_older(upload: Upload, checked: CheckResult) -> list[int]:
    """Return the IDs of the rows of earlier uploads whose lines the file has."""
    student, unit = student_of(checked.layout), units_by(checked.layout)
    numbers = pl.concat(rows[student].drop_nulls().unique() for rows in _rows(checked, [student])).unique()
    texts = numbers.to_frame().select(student_numbers().digits(pl.col(student)).alias(_NUMBER))
    with staged(_STAGED, texts):
        found = read_columns(_query(upload), _OLDER)
    if found.is_empty():
        return []
    columns = list(dict.fromkeys([student, *unit]))
    every: set[str] = set()
    loaded: set[str] = set()
    for rows in _rows(checked, columns):
        known = rows.drop_nulls(columns)
        digests = units_of(known, unit)
        every.update(digests)
        loaded.update(digest for digest, is_bad in zip(digests, known[ROW_IS_BAD], strict=True) if not is_bad)
    return [line_id for line_id, digest, own in found.iter_rows() if digest in (every if own == "t" else loaded)]


def _rows(checked: CheckResult, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    return (rows.select(ROW_IS_BAD, *columns) for rows in checked.rows_in_slices())


def _query(upload: Upload) -> sql.Composed:
    return _FIND_OLDER.format(
        district=upload.organization.id_of_district,
        waiting=sql.Identifier(table_of(WaitingRow)),
        uploads=sql.Identifier(table_of(Upload)),
        organizations=sql.Identifier(table_of(Organization)),
        file_type=sql.Literal(upload.file_type),
        year=upload.school_year_id,
        upload=upload.pk,
        staged=sql.Identifier(_STAGED),
    )
