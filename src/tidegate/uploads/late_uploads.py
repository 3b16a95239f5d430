"""Which uploads were received late, as allowed: the event of their sending names the allowance."""

from tidegate.audit.models import Event
from tidegate.uploads.models import Upload
from tidegate.windows.models import LateAllowance


def allowance_of(upload: Upload) -> LateAllowance | None:
    """Return the late allowance by which the file was received; None where it was received in time."""
    sent = Event.objects.filter(subject_kind="upload", subject_id=str(upload.pk), act="upload.sent")
    allowance_id = sent.values_list("details__late_allowance", flat=True).first()
    if allowance_id is None:
        return None
    return LateAllowance.objects.select_related("allowed_by").filter(pk=allowance_id).first()
