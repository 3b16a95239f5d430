"""The full log's downloads."""

from pathlib import PurePath

from django.http import HttpResponseBase

from tidegate.audit.record import record_event
from tidegate.uploads.full_log import full_log_csv_chunks, full_log_xlsx_chunks
from tidegate.web.downloads import csv_download, download
from tidegate.web.focused import find_upload
from tidegate.web.requests import PersonRequest

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def full_log_csv(request: PersonRequest, upload_id: int) -> HttpResponseBase:
    """Download the full log as CSV."""
    upload = find_upload(request.user, upload_id)
    chunks = full_log_csv_chunks(upload)
    record_event("upload.full_log_downloaded", by=request.user, organization=upload.organization, subject=upload)
    return csv_download(chunks, f"{PurePath(upload.file_name).stem}-full-log.csv")


def full_log_xlsx(request: PersonRequest, upload_id: int) -> HttpResponseBase:
    """Download the full log as XLSX."""
    upload = find_upload(request.user, upload_id)
    chunks = full_log_xlsx_chunks(upload)
    record_event("upload.full_log_downloaded", by=request.user, organization=upload.organization, subject=upload)
    return download(chunks, f"{PurePath(upload.file_name).stem}-full-log.xlsx", content_type=_XLSX)
