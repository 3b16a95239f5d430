"""The downloads of an upload's outputs: one view for all that are found."""

from django.http import HttpResponseBase

from tidegate.accounts.permissions import check_can_have_output
from tidegate.audit.record import record_event
from tidegate.core.outputs.output import Form, Output
from tidegate.uploads.queries.upload_source import UploadSource
from tidegate.web.downloads import download
from tidegate.web.focus import find_upload
from tidegate.web.requests import PersonRequest


def output_file(request: PersonRequest, upload_id: int, *, output: Output, form: Form) -> HttpResponseBase:
    """Download an output in one of its forms, named after the file."""
    upload = find_upload(request.user, upload_id)
    check_can_have_output(request.user, output.permission, upload.organization)
    source = UploadSource(upload)
    chunks = output.content(source, form)
    record_event(output.event, by=request.user, organization=upload.organization, subject=upload)
    return download(chunks, output.file_name(source, form), content_type=form.media_type)
