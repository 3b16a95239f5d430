"""All findings of one rule about one column of an upload."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render

from tidegate.accounts.reach import no_such
from tidegate.audit.record import record_event
from tidegate.uploads.queries.findings import OF_GROUP, findings_of_group
from tidegate.web.focus import find_upload
from tidegate.web.pages import Rows, page_of, text_from
from tidegate.web.requests import PersonRequest
from tidegate.web.uploads.finding_groups import find_group


@transaction.atomic
def findings(request: PersonRequest, upload_id: int, code: str) -> HttpResponse:
    """Show the rows, a page at a time; `?column=` says which column is meant."""
    upload, code = find_upload(request.user, upload_id), code.upper()
    asked = text_from(request, "column")
    column = next((name for name in upload.type.layout.columns if name.lower() == asked.lower()), asked)
    group = find_group(upload, code, column)
    if group is None:
        raise no_such("finding")
    record_event("upload.findings_viewed", by=request.user, organization=upload.organization, subject=upload)
    page = page_of(Rows(findings_of_group(upload.pk, code, column), OF_GROUP, known_count=group.count), request)
    return render(request, "web/uploads/findings.html", {"upload": upload, "group": group, "page": page})
