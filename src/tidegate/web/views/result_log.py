"""The Result Log's download."""

from pathlib import PurePath

from django.http import HttpResponseBase

from tidegate.audit.record import record_event
from tidegate.uploads.result_log import result_log_chunks
from tidegate.web.downloads import csv_download
from tidegate.web.focused import find_upload
from tidegate.web.requests import PersonRequest


def result_log(request: PersonRequest, upload_id: int) -> HttpResponseBase:
    """Download the Result Log, named after the file."""
    upload = find_upload(request.user, upload_id)
    chunks = result_log_chunks(upload)
    record_event("upload.result_log_downloaded", by=request.user, organization=upload.organization, subject=upload)
    return csv_download(chunks, f"{PurePath(upload.file_name).stem}-result-log.csv")
