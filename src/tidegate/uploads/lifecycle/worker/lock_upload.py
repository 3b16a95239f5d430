"""Locks an upload, so that one worker alone has it in hand."""

from tidegate.uploads.lifecycle.worker.interruption import TakenOver
from tidegate.uploads.models import Upload


def lock_upload(upload_id: int, *, try_count: int | None = None) -> Upload:
    """Return the upload, which is ours until the transaction ends. Others may still note a decision about it.

    With `try_count`, TakenOver is raised where another worker has begun with it since: each that begins counts one on.
    """
    locked = Upload.objects.select_for_update(no_key=True, of=("self",))
    upload = locked.select_related("school_year", "organization", "sent_by").get(pk=upload_id)
    if try_count not in (None, upload.try_count):
        raise TakenOver
    return upload
