"""The answer file's download."""

from pathlib import PurePath

from django.http import HttpResponseBase

from tidegate.audit.record import record_event
from tidegate.uploads.answer_file import answer_file_chunks
from tidegate.web.downloads import csv_download
from tidegate.web.focused import find_upload
from tidegate.web.requests import PersonRequest


def answer_file(request: PersonRequest, upload_id: int) -> HttpResponseBase:
    """Download the answer file, named after the file."""
    upload = find_upload(request.user, upload_id)
    chunks = answer_file_chunks(upload)
    record_event("upload.answer_file_downloaded", by=request.user, organization=upload.organization, subject=upload)
    return csv_download(chunks, f"{PurePath(upload.file_name).stem}-answer.csv")
