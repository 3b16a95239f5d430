"""State Reporting Status: the uploads of the focus and their counts."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import render

from tidegate.accounts.permissions import check_can_view_upload
from tidegate.accounts.reach import has_permission
from tidegate.accounts.roles import Permission
from tidegate.uploads.models import Upload
from tidegate.uploads.queries.expected_end import expected_end
from tidegate.uploads.queries.on_hold import waiting_for_release
from tidegate.uploads.queries.waiting_rows import note_waits
from tidegate.web.focus import ask_again, uploads_of
from tidegate.web.pages import page_of
from tidegate.web.requests import PersonRequest
from tidegate.web.uploads.corrections import note_undecided
from tidegate.web.uploads.forms.uploads import UploadsForm

_MAX_ON_HOLD = 5
_MAX_ENDS = 3


def state_reporting_status(request: PersonRequest) -> HttpResponse:
    """Show the table; to htmx, which asks again while a file waits or is processed, the table alone."""
    focus, waiting = request.focus, waiting_for_release(request.user)
    if focus and focus.organization:
        check_can_view_upload(request.user, focus.organization)
    form = UploadsForm(request.GET)
    page = page_of(form.rows(uploads_of(focus) if focus else Upload.objects.none()), request)
    _note_ends(page)
    note_undecided(page)
    note_waits(page)
    context = {
        "focus": focus,
        "form": form,
        "page": page,
        "ask_again": ask_again(page),
        "on_hold": waiting[:_MAX_ON_HOLD],
        "on_hold_count": waiting.count(),
        "may_upload": focus and has_permission(request.user, Permission.SEND_UPLOADS, focus.organization),
    }
    template = "table" if request.htmx else "state_reporting_status"
    return render(request, f"web/uploads/{template}.html", context, status=200 if form.is_valid() else 422)


def _note_ends(uploads: Iterable[Upload]) -> None:
    """Note on the uploads that are being processed when they will probably end."""
    under_way = [each for each in uploads if each.is_busy and hasattr(each, "progress")]
    for each in under_way[:_MAX_ENDS]:
        each.expected_end = expected_end(each, each.progress)
