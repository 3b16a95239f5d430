"""What an upload changes of the lines on file: the list, and what a person decides about it."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tidegate.audit.record import record_event
from tidegate.core.errors import NotFound, Refusal
from tidegate.uploads.lifecycle.receiving.send_again import choose_missing, load_checked, withdraw_missing
from tidegate.uploads.models import PlannedKind
from tidegate.uploads.queries.planned_lines import counts_of
from tidegate.uploads.queries.rows_to_choose import rows_of_code
from tidegate.web.focus import find_upload
from tidegate.web.requests import PersonRequest
from tidegate.web.uploads.plan_page import planned_part

_LINES_PER_PAGE = 100


@transaction.atomic
def planned_lines(request: PersonRequest, upload_id: int, kind: str) -> HttpResponse:
    """Show the lines of a kind, a hundred at a time."""
    found = find_upload(request.user, upload_id)
    if kind not in PlannedKind.values:
        raise NotFound("There is no such list", fix="Choose one on the page of the upload")
    page = _number(request.GET.get("page", "1"))
    first, line_count = (page - 1) * _LINES_PER_PAGE, counts_of(found).get(kind, 0)
    part = planned_part(found, PlannedKind(kind), line_count=line_count, first=first, count=_LINES_PER_PAGE)
    record_event("upload.changes_viewed", by=request.user, organization=found.organization, subject=found)
    last_page = max(-(-part.line_count // _LINES_PER_PAGE), 1)
    context = {
        "upload": found,
        "part": part,
        "page": page,
        "last_page": last_page,
        "before": page - 1,
        "after": page + 1 if page < last_page else 0,
    }
    return render(request, "web/uploads/planned_lines.html", context)


@require_POST
def load_upload(request: PersonRequest, upload_id: int) -> HttpResponse:
    """Load what a check has planned, and show the new upload."""
    sent = load_checked(find_upload(request.user, upload_id), by=request.user)
    return redirect("upload", sent.pk)


@require_POST
def choose_upload_missing(request: PersonRequest, upload_id: int) -> HttpResponse:
    """Send the file again with the choice what becomes of lines that it leaves out, and show the new upload. Of the
    rows that wait for it, those that are marked; all of a rule where they are more than the page shows."""
    found = find_upload(request.user, upload_id)
    code = request.POST.get("all")
    rows = rows_of_code(found, code) if code else [_number(row) for row in request.POST.getlist("row")]
    sent = choose_missing(found, request.POST.get("missing", ""), rows=rows, by=request.user)
    return redirect("upload", sent.pk)


@require_POST
def withdraw_upload_missing(request: PersonRequest, upload_id: int) -> HttpResponse:
    """Withdraw the marked lines among those that the file leaves out, or all, and show the withdrawal."""
    found = find_upload(request.user, upload_id)
    lines = None if request.POST.get("all") else [_number(line) for line in request.POST.getlist("line")]
    sent = withdraw_missing(found, lines, reason=request.POST.get("reason", ""), by=request.user)
    return redirect("upload", sent.pk)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18 or int(text) < 1:
        raise Refusal(
            "This is not the number of a row, a line or a page", fix="Go back and choose again", code="NO_NUMBER"
        )
    return int(text)
