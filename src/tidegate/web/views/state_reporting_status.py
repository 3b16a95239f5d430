"""State Reporting Status: the uploads of the focus and their counts."""

from django.http import HttpResponse
from django.shortcuts import render

from tidegate.accounts.permissions import can_view_students
from tidegate.accounts.reach import has_permission
from tidegate.accounts.roles import Permission
from tidegate.uploads.rechecks.misfit_list import count_lines, misfits_of
from tidegate.uploads.waiting_for_release import waiting_for_release
from tidegate.web.focused import ask_again, upload_list
from tidegate.web.pages import page_of
from tidegate.web.requests import PersonRequest

_MAX_ON_HOLD = 5


def state_reporting_status(request: PersonRequest) -> HttpResponse:
    """Show the table; to htmx, which asks again while a file waits or is processed, the table alone."""
    focus, waiting = request.focus, waiting_for_release(request.user)
    page = page_of(upload_list(focus), request)
    context = {
        "focus": focus,
        "page": page,
        "ask_again": ask_again(page),
        "misfit_count": _count_misfits(request),
        "on_hold": waiting[:_MAX_ON_HOLD],
        "on_hold_count": waiting.count(),
        "may_upload": focus and has_permission(request.user, Permission.SEND_UPLOADS, focus.organization),
    }
    template = "table" if request.htmx else "state_reporting_status"
    return render(request, f"web/uploads/{template}.html", context)


def _count_misfits(request: PersonRequest) -> int:
    """Return how many lines on file of the focus do not fit; htmx asks for the table alone, which does not say it."""
    focus = request.focus
    if focus is None or request.htmx or not can_view_students(request.user, focus.organization):
        return 0
    return count_lines(misfits_of(focus.organization, focus.school_year))
