"""An incident: an upload that failed by an error of ours, and the line in the log that says where."""

import logging
import traceback
import uuid

from django.db import transaction
from django.utils import timezone

from tidegate.audit.record import record_event
from tidegate.uploads.lifecycle.worker.lock_upload import lock_upload
from tidegate.uploads.models import State
from tidegate.uploads.notifications.announce import announce

log = logging.getLogger(__name__)


def describe(error: BaseException) -> str:
    """Return the type of the error and where in the code it happened, the innermost call first."""
    # Its text is left out: it could hold a cell's value.
    frames = reversed(traceback.extract_tb(error.__traceback__))
    calls = (f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__qualname__} at {' < '.join(calls)}"


@transaction.atomic
def fail_with_incident(upload_id: int, what: str, *, try_count: int) -> None:
    """End the upload as failed, and log `what` happened under a new incident ID.

    Raises TakenOver where the upload is another worker's by now.
    """
    incident_id = uuid.uuid4().hex[:12]
    upload = lock_upload(upload_id, try_count=try_count)
    upload.move_to(State.FAILED)
    upload.incident_id, upload.finished_at = incident_id, timezone.now()
    upload.save(update_fields=["state", "incident_id", "finished_at"])
    record_event("upload.failed", by=None, subject=upload, incident_id=incident_id)
    announce(upload)
    log.error("Incident %s: upload %s failed: %s", incident_id, upload_id, what)
