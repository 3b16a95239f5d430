"""Cancels an upload: at once while it waits or is on hold, at the worker's next look while it is processed."""

from django.db import transaction
from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_cancel_upload
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict
from tidegate.uploads.models import Act, Decision, State, Upload
from tidegate.uploads.notifications.announce import announce
from tidegate.uploads.notifications.upload_messages import settle_release


class Cancelled(Exception):
    """Somebody has cancelled the upload that is being processed: nothing of it is loaded."""


def cancel(upload: Upload, *, by: Person) -> Upload:
    """Cancel the upload and return it as it is now: cancelled, or still processing until the worker looks.

    A Conflict where it has ended already, a Refusal where the person may not cancel it.
    """
    check_can_cancel_upload(by, upload.organization)
    with transaction.atomic():
        Decision.objects.get_or_create(upload=upload, act=Act.CANCEL, defaults={"by": by})
        idle = Upload.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        found = idle.select_related("organization", "school_year").filter(pk=upload.pk).first()
        if found is None:  # a worker has it in hand, and looks here before it is done
            record_event("upload.cancel_asked", by=by, organization=upload.organization, subject=upload)
            return Upload.objects.get(pk=upload.pk)
        if not (found.is_busy or found.state == State.ON_HOLD):
            raise Conflict(
                "The upload has ended already and cannot be cancelled",
                fix="If it has loaded rows, undo it instead",
                code="HAS_ENDED",
            )
        note_cancelled(found, by=by)
        return found


def is_cancelled(upload_id: int) -> bool:
    """Whether somebody has decided to cancel the upload."""
    return Decision.objects.filter(upload_id=upload_id, act=Act.CANCEL).exists()


def stop_if_cancelled(upload_id: int) -> None:
    """Raise Cancelled where somebody has decided so."""
    if is_cancelled(upload_id):
        raise Cancelled


def note_cancelled(upload: Upload, *, by: Person | None) -> None:
    """End the locked upload as cancelled, in the caller's transaction; `by` is None where a worker does it."""
    upload.move_to(State.CANCELLED)
    upload.delete_check()
    upload.finished_at = timezone.now()
    upload.save()
    record_event("upload.cancelled", by=by, organization=upload.organization, subject=upload)
    settle_release(upload)
    announce(upload)
