"""A student's line is added, corrected or withdrawn by hand."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from tidegate.audit.record import record_event
from tidegate.uploads.lifecycle.corrections.by_hand import send_correction
from tidegate.web.requests import PersonRequest
from tidegate.web.students.by_hand import ByHand, find_by_hand, send_form
from tidegate.web.students.forms.by_hand import LineForm, ReasonForm


def add_line(request: PersonRequest, public_id: UUID, file_type: str) -> HttpResponse:
    """Ask what a new line is to say, and queue it."""
    return _write(request, find_by_hand(request.user, public_id, file_type, focus=request.focus))


def correct_line(request: PersonRequest, public_id: UUID, file_type: str, line_id: int) -> HttpResponse:
    """Ask what a line is to say instead, and queue the correction."""
    return _write(request, find_by_hand(request.user, public_id, file_type, focus=request.focus, line_id=line_id))


def withdraw_line(request: PersonRequest, public_id: UUID, file_type: str, line_id: int) -> HttpResponse:
    """Ask why a line goes, and queue its withdrawal."""
    about = find_by_hand(request.user, public_id, file_type, focus=request.focus, line_id=line_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        sent = send_correction(about.correction(None), by=request.user, reason=form.cleaned_data["reason"])
        return redirect("upload", sent.pk)
    said = {title: text for title, text in about.before.items() if text}
    return _show(request, about, "withdraw", {"form": form, "said": said})


def _write(request: PersonRequest, about: ByHand) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = LineForm(about.lines, about.school_year, data=data, values=about.before)
    if form.is_valid() and (sent := send_form(form, about, by=request.user)):
        return redirect("upload", sent.pk)
    return _show(request, about, "form", {"form": form, "columns": [form[name] for name in form.names]})


def _show(request: PersonRequest, about: ByHand, template: str, context: dict[str, object]) -> HttpResponse:
    file_type = about.lines.file_type
    record_event(
        "student.viewed",
        by=request.user,
        organization=about.organization,
        school_year=about.school_year,
        subject=about.student,
        screen=f"{file_type.name} by hand",
    )
    is_wrong = request.method == "POST"
    context |= {"about": about, "noun": about.lines.table.noun[0], "file_type": file_type, "line": about.line}
    return render(request, f"web/students/by_hand_{template}.html", context, status=422 if is_wrong else 200)
