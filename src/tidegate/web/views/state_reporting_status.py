"""State Reporting Status: the uploads of the focus and their counts."""

from django.http import HttpResponse
from django.shortcuts import render

from tidegate.accounts.reach import has_permission
from tidegate.accounts.roles import Permission
from tidegate.web.focused import ask_again, upload_list
from tidegate.web.pages import page_of
from tidegate.web.requests import PersonRequest


def state_reporting_status(request: PersonRequest) -> HttpResponse:
    """Show the table; to htmx, which asks again while a file waits or is processed, the table alone."""
    focus = request.focus
    page = page_of(upload_list(focus), request)
    context = {
        "focus": focus,
        "page": page,
        "ask_again": ask_again(page),
        "may_upload": focus and has_permission(request.user, Permission.SEND_UPLOADS, focus.organization),
    }
    template = "table" if request.htmx else "state_reporting_status"
    return render(request, f"web/uploads/{template}.html", context)
