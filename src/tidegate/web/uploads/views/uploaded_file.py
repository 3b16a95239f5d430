"""The uploaded file's download."""

from django.http import HttpResponseBase

from tidegate.accounts.permissions import check_can_download_upload
from tidegate.audit.record import record_event
from tidegate.core.errors import NotFound
from tidegate.uploads.storage.store import chunks_of, is_kept
from tidegate.web.downloads import download
from tidegate.web.focus import find_upload
from tidegate.web.requests import PersonRequest

NOT_KEPT = "We no longer have the file"


def uploaded_file(request: PersonRequest, upload_id: int) -> HttpResponseBase:
    """Download the file byte for byte as it was sent."""
    upload = find_upload(request.user, upload_id)
    check_can_download_upload(request.user, upload.organization)
    if not is_kept(upload.stored_as):
        raise NotFound(NOT_KEPT, fix="Files are kept for a limited time, and files over the size limit are not kept")
    chunks = chunks_of(upload.stored_as, sha256=upload.sha256)
    record_event("upload.file_downloaded", by=request.user, organization=upload.organization, subject=upload)
    return download(chunks, upload.file_name, content_type="application/octet-stream")
