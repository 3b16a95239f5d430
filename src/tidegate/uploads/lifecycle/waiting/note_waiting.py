"""Which rows of a checked file may wait: those whose only errors a line that arrives later takes away."""

import polars as pl
from django.conf import settings
from django.utils import timezone
from psycopg import sql

from tidegate.core.checking import CheckResult
from tidegate.core.layouts.identifiers import student_numbers
from tidegate.core.rules.expressions import ROW, ROW_IS_BAD
from tidegate.file_types import FileType
from tidegate.reference.copy_rows import copy_rows, read_columns, table_of
from tidegate.uploads.lifecycle.corrections.check_correction import is_by_hand
from tidegate.uploads.lifecycle.waiting.replace_waiting import end_replaced, student_of, units_by, units_of
from tidegate.uploads.lifecycle.worker.cancel import Cancelled
from tidegate.uploads.models import Finding, RowCorrection, State, Upload, WaitEnd, WaitingRow, WaitState

_FITS = "fits"
ERRORS = pl.Schema({ROW: pl.UInt32, _FITS: pl.Boolean})
"""The rows with errors, and whether each has only such that may wait."""
_ERRORS_OF_UPLOAD = sql.SQL("""
    SELECT "row", bool_and(code = ANY({codes})) FROM {findings}
    WHERE upload_id = {upload} AND severity = 'error' AND "row" > 1 GROUP BY "row"
""")


def note_waiting(upload: Upload, checked: CheckResult) -> None:
    """Note after an upload which of its rows may wait, in its transaction; if its sender has said so, they do.

    Rows of earlier uploads wait no more whose lines this one has. What had waited, and was loaded now, is noted, too.
    """
    file_type = upload.type
    if not file_type.layout.may_wait or upload.state != State.FINISHED or upload.check_only:
        return
    had_waited = RowCorrection.objects.filter(pk=upload.pk, is_by_itself=True).exists()
    if not had_waited:
        end_replaced(upload, checked)
    named = upload.finding_counts.filter(severity="error", code__in=file_type.layout.may_wait)
    if not (had_waited or named.exists()):
        return
    errors = _errors_of(upload, file_type)
    found = waitable_rows(checked, errors)
    if had_waited:
        _settle(upload, errors, found)
    elif settings.TIDEGATE_WAIT_DAYS and not is_by_hand(upload):
        _keep(upload, found)


def cancel_unless_all_wait(upload: Upload) -> None:
    """Raise Cancelled where the upload is to load rows that had waited, and one of them waits no more: the others are
    sent once more without it. Call it while the students are locked."""
    sent = RowCorrection.objects.filter(pk=upload.pk, is_by_itself=True).first()
    if sent and WaitingRow.objects.filter(by_upload=upload, state=WaitState.WAITING).count() < len(sent.rows):
        raise Cancelled


def waitable_rows(checked: CheckResult, errors: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that may wait, with the student's number and the digest of what is replaced together. Of rows
    that are replaced together all or none may wait. `errors` has the rows with errors, shaped as ERRORS.
    """
    layout = checked.layout
    student, unit = student_of(layout), units_by(layout)
    if not errors[_FITS].any():
        return _shaped(errors.clear(), pl.Series("student", [], pl.String), [])
    names = dict.fromkeys((ROW, student, *unit))
    bad = pl.concat(rows.filter(ROW_IS_BAD).select(*names) for rows in checked.rows_in_slices())
    found = bad.with_columns(pl.col(ROW).cast(pl.UInt32)).join(errors, on=ROW, how="inner", maintain_order="left")
    if layout.group:
        found = found.with_columns(pl.col(_FITS).all().over(unit))
    found = found.filter(_FITS).drop_nulls([student, *unit])
    number = found.select(student_numbers().digits(pl.col(student)).alias("student")).to_series()
    return _shaped(found, number, units_of(found, unit))


def errors_of_check(checked: CheckResult, file_type: FileType) -> pl.DataFrame:
    """Return the rows with errors of a check that is not kept, shaped as ERRORS."""
    codes = sorted(file_type.errors_that_wait)
    found = [part.filter(pl.col("severity") == "error") for part in checked.findings_in_slices(suggests=False)]
    named = [part.select(pl.col("row").cast(pl.UInt32).alias(ROW), "code").drop_nulls() for part in found]
    every = pl.concat([pl.DataFrame(schema={ROW: pl.UInt32, "code": pl.String}), *named])
    return every.group_by(ROW).agg(pl.col("code").is_in(codes).all().alias(_FITS)).cast(ERRORS)


def _shaped(rows: pl.DataFrame, students: pl.Series, units: list[str]) -> pl.DataFrame:
    return pl.DataFrame([rows[ROW].cast(pl.UInt32), students, pl.Series("unit", units, pl.String)])


def _errors_of(upload: Upload, file_type: FileType) -> pl.DataFrame:
    codes = sorted(file_type.errors_that_wait)
    query = _ERRORS_OF_UPLOAD.format(
        codes=sql.Literal(codes), findings=sql.Identifier(table_of(Finding)), upload=upload.pk
    )
    texts = read_columns(query, pl.Schema({ROW: pl.UInt32, _FITS: pl.String}))
    return texts.select(ROW, (pl.col(_FITS) == "t").alias(_FITS)).cast(ERRORS)


def _keep(upload: Upload, found: pl.DataFrame) -> None:
    """Store the rows that may wait; they do where the sender has said so."""
    if found.is_empty():
        return
    state = WaitState.WAITING if upload.let_wait else WaitState.MAY
    values = {"upload_id": upload.pk, "state": str(state), "end": ""}
    if upload.let_wait:
        values |= {"chosen_by_id": upload.sent_by_id, "since": timezone.now().isoformat()}
    named = found.rename({"student": "student_id"})
    copy_rows(table_of(WaitingRow), named.with_columns(pl.lit(value).alias(name) for name, value in values.items()))


def _settle(upload: Upload, errors: pl.DataFrame, still: pl.DataFrame) -> None:
    """Note what became of the rows that had waited: one that has only such an error again goes on waiting."""
    sent = WaitingRow.objects.filter(by_upload=upload, state=WaitState.WAITING)
    sent.filter(row__in=still[ROW].to_list()).update(by_upload=None)
    ended = {"ended_at": timezone.now()}
    sent.filter(row__in=errors[ROW].to_list()).update(state=WaitState.ENDED, end=WaitEnd.OTHER_ERROR, **ended)
    sent.update(state=WaitState.LOADED, **ended)
