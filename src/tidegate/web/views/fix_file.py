"""The fix file's download."""

from pathlib import PurePath

from django.http import HttpResponseBase

from tidegate.accounts.permissions import check_can_download_upload
from tidegate.audit.record import record_event
from tidegate.uploads.fix_file import fix_file_chunks
from tidegate.web.downloads import csv_download
from tidegate.web.focused import find_upload
from tidegate.web.requests import PersonRequest


def fix_file(request: PersonRequest, upload_id: int) -> HttpResponseBase:
    """Download the rows that were not loaded, to be corrected and sent again."""
    upload = find_upload(request.user, upload_id)
    check_can_download_upload(request.user, upload.organization)
    chunks = fix_file_chunks(upload)
    record_event("upload.fix_file_downloaded", by=request.user, organization=upload.organization, subject=upload)
    return csv_download(chunks, f"{PurePath(upload.file_name).stem}-to-fix.csv")
