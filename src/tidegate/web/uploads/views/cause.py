"""The rows of one cause of an upload."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render

from tidegate.accounts.reach import no_such
from tidegate.audit.record import record_event
from tidegate.core.rules.cause import MAX_ROWS_LISTED
from tidegate.web.focus import find_upload
from tidegate.web.pages import page_of
from tidegate.web.requests import PersonRequest
from tidegate.web.uploads.upload_causes import RowNumbers, find_cause, findings_of_cause, with_students


@transaction.atomic
def cause(request: PersonRequest, upload_id: int, number: int) -> HttpResponse:
    """Show the rows that the cause affects, a page at a time; of very many the first ones."""
    upload = find_upload(request.user, upload_id)
    shown = find_cause(upload, number)
    if shown is None:
        raise no_such("cause")
    record_event("upload.findings_viewed", by=request.user, organization=upload.organization, subject=upload)
    page = page_of(RowNumbers(shown.cause.rows), request)
    findings = findings_of_cause(upload, shown.cause, page.object_list)
    with_students(findings, upload, by=request.user)
    context = {"upload": upload, "shown": shown, "page": page, "findings": findings, "max_rows": MAX_ROWS_LISTED}
    return render(request, "web/uploads/cause.html", context)
