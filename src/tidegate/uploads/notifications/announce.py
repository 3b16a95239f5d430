"""Says that something has become of an upload: to programs by webhooks, to people in their inboxes."""

from tidegate.uploads.models import Upload
from tidegate.uploads.notifications.upload_messages import notify_of_upload
from tidegate.uploads.notifications.webhooks import queue_messages


def announce(upload: Upload) -> None:
    """Queue what is to be said of the upload, in the caller's transaction: each end of each upload comes here."""
    queue_messages(upload)
    notify_of_upload(upload)
