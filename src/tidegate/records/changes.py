"""Makes changes: what writes versions notes here who does it, when, and why. Finds those that are made by hand."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from tidegate.audit.record import ActingPerson
from tidegate.records.models.change import Change, ChangeKind
from tidegate.reference.copy_rows import current_time, raw_cursor

# The sequence of the uploads: the ID of a change is never that of an upload, but for the upload's own change.
_NEXT = "SELECT nextval('uploads_upload_id_seq')"


def next_change_id() -> int:
    """Return an ID that no change and no upload has."""
    with raw_cursor() as cursor:
        cursor.execute(_NEXT)
        row = cursor.fetchone()
    assert row is not None
    return int(str(row[0]))


def note_change(
    kind: ChangeKind,
    *,
    by: ActingPerson | None,
    change_id: int | None = None,
    at: datetime | None = None,
    **more: Any,
) -> Change:
    """Note a change in the caller's transaction and return it.

    Args:
        kind: What kind it is.
        by: Who makes it; None is the operator at the command line.
        change_id: Its ID, where one was drawn before (see `next_change_id`).
        at: When it is made; now by default.
        more: The other fields of Change.
    """
    return Change.objects.create(
        id=next_change_id() if change_id is None else change_id,
        kind=kind,
        made_by_id=by.pk if by else None,
        at=at or current_time(),
        **more,
    )


def made_by_hand() -> Exists:
    """Return what finds the uploads that are corrections by hand."""
    return Exists(Change.objects.filter(pk=OuterRef("pk"), kind=ChangeKind.BY_HAND))


def is_made_by_hand(change_id: int) -> bool:
    """Whether a change, such as an upload's own, is a correction by hand."""
    return Change.objects.filter(pk=change_id, kind=ChangeKind.BY_HAND).exists()
