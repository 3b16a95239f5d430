"""What there is about an upload beside itself, asked at once: most uploads have none of it."""

from typing import Any

from django.db import connection

from tidegate.uploads.models import Upload

ROW_CORRECTIONS, WAITING_ROWS, PLAN_SLICES, DECISIONS, SENT_BEFORE, LATE_ALLOWANCE = _PARTS = (
    "row corrections",
    "waiting rows",
    "plan slices",
    "decisions",
    "sent before",
    "late allowance",
)
_THERE_IS = """
SELECT EXISTS (SELECT FROM uploads_rowcorrection WHERE first_id = %(upload)s),
    EXISTS (SELECT FROM uploads_waitingrow WHERE upload_id = %(upload)s),
    EXISTS (SELECT FROM uploads_planslice WHERE upload_id = %(upload)s),
    EXISTS (SELECT FROM uploads_decision WHERE upload_id = %(upload)s),
    EXISTS (SELECT FROM uploads_upload
        WHERE organization_id = %(organization)s AND sha256 = %(sha256)s AND id < %(upload)s),
    EXISTS (SELECT FROM audit_event WHERE subject_kind = 'upload' AND subject_id = %(subject)s
        AND act = 'upload.sent' AND details ? 'late_allowance')
"""


def note_absent_parts(upload: Upload) -> None:
    """Note on the upload what there is nothing of: nobody has to ask for it."""
    values: dict[str, Any] = {
        "upload": upload.pk,
        "subject": str(upload.pk),
        "organization": upload.organization_id,
        "sha256": upload.sha256,
    }
    with connection.cursor() as cursor:
        cursor.execute(_THERE_IS, values)
        (there_is,) = cursor.fetchall()
    upload.has_no = frozenset(part for part, is_there in zip(_PARTS, there_is, strict=True) if not is_there)
