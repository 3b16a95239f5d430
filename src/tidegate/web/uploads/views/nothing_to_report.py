"""The page on which an organization says that a school has nothing to report."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from tidegate.accounts.focus import why_no_focus
from tidegate.accounts.permissions import check_can_send_upload
from tidegate.core.errors import Refusal
from tidegate.web.requests import PersonRequest
from tidegate.web.uploads.forms.nothing_to_report import NothingToReportForm


def nothing_to_report(request: PersonRequest) -> HttpResponse:
    """Show the form, note what it says, and show the act with its receipt."""
    focus = request.focus
    if focus is None:
        raise why_no_focus(request.user)
    if focus.organization is None:
        raise Refusal("Choose an organization first", fix="Choose your organization in Change Focus")
    check_can_send_upload(request.user, focus.organization)
    form = NothingToReportForm(request.POST or None, focus=focus)
    if form.is_valid() and (act := form.report(by=request.user)):
        return redirect("upload", act.pk)
    status = 422 if form.is_bound else 200
    return render(request, "web/uploads/nothing_to_report.html", {"form": form, "focus": focus}, status=status)
