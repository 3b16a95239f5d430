"""Notes the primary enrollments of an upload that were not loaded since another district has the student, and takes
them back when it is undone."""

from typing import Any

import polars as pl
from django.db import connection
from django.utils import timezone

from tidegate.core.checking import CheckResult
from tidegate.core.layouts.identifiers import student_numbers
from tidegate.core.reference.enrollments import PRIMARY
from tidegate.core.rules.expressions import ROW_IS_BAD
from tidegate.records.models import Enrollment
from tidegate.records.stored_lines import StoredLines, lines_of
from tidegate.reference.copy_rows import stage_slices
from tidegate.uploads.contradictions import ENROLLED_ELSEWHERE
from tidegate.uploads.lifecycle.corrections.check_correction import is_by_hand
from tidegate.uploads.models import EnrollmentClaim, State, Upload
from tidegate.uploads.notifications.conflict_messages import notify_of_conflicts
from tidegate.uploads.queries.newer_file import has_newer_file

_STAGED = "staged_claims"
_CLAIMED = f"""
SELECT DISTINCT ON (claim.student_id, claim.school_id, claim.entry_date) claim.student_id, claim.school_year_id,
    claim.sau_id, claim.school_id, claim.entry_date, claim.exit_date
FROM (SELECT %(year)s::integer AS school_year_id, * FROM staged_claims) claim JOIN {ENROLLED_ELSEWHERE}
WHERE claim.is_bad AND claim.enrollment_type = %(primary)s AND claim.sau_id IS NOT NULL AND claim.school_id IS NOT NULL
    AND claim.entry_date IS NOT NULL AND (claim.exit_date IS NULL OR claim.exit_date >= claim.entry_date)
ORDER BY claim.student_id, claim.school_id, claim.entry_date, claim.exit_date
"""
_REPEAT = f"""
UPDATE uploads_enrollmentclaim known SET ended_at = %(at)s, ended_by_id = %(upload)s FROM ({_CLAIMED}) claimed
WHERE known.ended_at IS NULL AND (known.student_id, known.school_year_id, known.school_id, known.entry_date)
    = (claimed.student_id, claimed.school_year_id, claimed.school_id, claimed.entry_date)
"""
_NOTE = f"""
INSERT INTO uploads_enrollmentclaim
    (student_id, school_year_id, sau_id, school_id, entry_date, exit_date, upload_id, since)
SELECT claimed.*, %(upload)s, coalesce((
    SELECT known.since FROM uploads_enrollmentclaim known WHERE known.ended_by_id = %(upload)s
        AND (known.student_id, known.school_year_id, known.school_id, known.entry_date)
        = (claimed.student_id, claimed.school_year_id, claimed.school_id, claimed.entry_date)
), %(at)s) FROM ({_CLAIMED}) claimed
RETURNING id, since = %(at)s
"""
# A file that corrects another, as a fix file does, speaks of its students alone, and a correction by hand of its line;
# any other file speaks for the schools that it names.
_END = """
UPDATE uploads_enrollmentclaim claim SET ended_at = %(at)s, ended_by_id = %(upload)s
WHERE ended_at IS NULL AND school_year_id = %(year)s AND upload_id <> %(upload)s
    AND sau_id IN (SELECT sau_id FROM staged_claims)
    AND CASE WHEN %(is_of_a_line)s
        THEN (student_id, school_id, entry_date) IN (SELECT student_id, school_id, entry_date FROM staged_claims)
        ELSE student_id IN (SELECT student_id FROM staged_claims)
            OR (%(is_whole)s AND school_id IN (SELECT school_id FROM staged_claims))
    END
"""
_CLOSE = """
UPDATE uploads_enrollmentclaim SET ended_at = %(at)s WHERE upload_id = %(upload)s AND ended_at IS NULL
RETURNING student_id, school_id, entry_date
"""
# Of several uploads that have said the same the newest one is believed that was not undone.
_REOPEN = """
UPDATE uploads_enrollmentclaim SET ended_at = NULL, ended_by_id = NULL WHERE id IN (
    SELECT DISTINCT ON (claim.student_id, claim.school_id, claim.entry_date) claim.id
    FROM uploads_enrollmentclaim claim JOIN uploads_upload upload ON upload.id = claim.upload_id
    JOIN uploads_upload ending ON ending.id = claim.ended_by_id
    WHERE claim.school_year_id = %(year)s AND claim.sau_id = ANY(%(senders)s) AND claim.ended_at IS NOT NULL
        AND upload.state = 'finished' AND ending.state = 'undone'
        AND NOT EXISTS (SELECT FROM uploads_enrollmentclaim other WHERE other.ended_at IS NULL
            AND (other.student_id, other.school_year_id, other.school_id, other.entry_date)
            = (claim.student_id, claim.school_year_id, claim.school_id, claim.entry_date))
    ORDER BY claim.student_id, claim.school_id, claim.entry_date, claim.upload_id DESC
)
RETURNING id, student_id, school_id, entry_date
"""


def note_claims(upload: Upload, checked: CheckResult) -> None:
    """Note the claims of an upload of enrollments, and end those that it no longer makes, in its transaction. Both
    offices are told of those that are new."""
    lines = lines_of(upload.type)
    is_loaded = upload.state == State.FINISHED and not upload.check_only and upload.is_file
    if lines is None or lines.model is not Enrollment or not is_loaded:
        return
    has_open = _has_open_claims(upload)
    if not (upload.error_count or has_open):
        return
    parts = (part if has_open else part.filter(ROW_IS_BAD) for part in checked.rows_in_slices())
    senders = _senders(upload)
    stage_slices(_STAGED, (_rows(part, lines, senders) for part in parts))
    values: dict[str, Any] = {
        "year": upload.school_year_id,
        "upload": upload.pk,
        "primary": PRIMARY,
        "at": upload.finished_at,
        "is_whole": upload.follows_id is None and not upload.is_fix_file,
        "is_of_a_line": is_by_hand(upload),
    }
    with connection.cursor() as cursor:
        cursor.execute(_REPEAT, values)
        cursor.execute(_NOTE, values)
        new = [pk for pk, is_new in cursor.fetchall() if is_new]
        cursor.execute(_END, values)
    if new:
        notify_of_conflicts(upload, new)


def reopen_claims(upload: Upload) -> None:
    """Take back what an undone upload has said of students whom others have, in its transaction: what it claimed is no
    claim, and what it ended is one again, of which both offices are told, unless its sender has sent a newer file."""
    lines = lines_of(upload.type)
    if lines is None or lines.model is not Enrollment:
        return
    values: dict[str, Any] = {
        "upload": upload.pk,
        "year": upload.school_year_id,
        "at": timezone.now(),
        "senders": _senders(upload),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, values)
        were_open = cursor.fetchall()
        if has_newer_file(upload.organization_id, upload):
            return
        cursor.execute(_REOPEN, values)
        reopened = [pk for pk, *claimed in cursor.fetchall() if tuple(claimed) not in were_open]
    if reopened:
        notify_of_conflicts(upload, reopened)


def _has_open_claims(upload: Upload) -> bool:
    """Whether the district that an upload is sent for has an open claim that the upload may end."""
    of_sender = EnrollmentClaim.objects.filter(sau__in=_senders(upload), school_year=upload.school_year)
    return of_sender.filter(ended_at=None).exists()


def _senders(upload: Upload) -> list[int]:
    """Return the organization that an upload is sent for, and the district that it belongs to: nobody claims a student
    for others, nor ends what they claim."""
    return upload.organization.ids_up_to_district


def _rows(rows: pl.DataFrame, lines: StoredLines, senders: list[int]) -> pl.DataFrame:
    """Return the sender's own rows whose student is known to be one, under the names of the table."""
    names = {str(field.column): row for row, field in lines.fields.items()}
    student = student_numbers().digits(pl.col(names["student_id"]))
    is_own = pl.col(names["sau_id"]).is_in(senders)
    return rows.filter(pl.col(names["student_id"]).is_not_null() & is_own).select(
        student.alias("student_id"),
        *(pl.col(names[name]).alias(name) for name in ("sau_id", "school_id", "entry_date", "exit_date")),
        pl.col(names["enrollment_type"]).cast(pl.String).alias("enrollment_type"),
        pl.col(ROW_IS_BAD).alias("is_bad"),
    )
