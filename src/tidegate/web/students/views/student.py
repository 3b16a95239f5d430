"""The Student screen: Enrollments, the lines of each file type that stores lines of its own, and the history."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from tidegate.accounts.models import Focus
from tidegate.audit.record import record_event
from tidegate.records.models import Student
from tidegate.uploads.history.student_history import history_of
from tidegate.web.requests import PersonRequest
from tidegate.web.students.by_hand import to_correct
from tidegate.web.students.forms.as_of import AsOfForm
from tidegate.web.students.student_lines import (
    enrollments_of,
    find_screen,
    find_student,
    lines_of_student,
    screens,
    with_changes,
)
from tidegate.web.students.student_time_line import draw


@transaction.atomic
def student(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Show the student's enrollments in the focus's school year."""
    found, focus = find_student(request.user, public_id, request.focus)
    stored = enrollments_of(found, focus.school_year)
    lines = with_changes(stored, person=request.user)
    context = {"lines": lines, "screen": "Enrollments", **to_correct(request.user, focus, "", found=stored)}
    return _show(request, found, focus, "enrollments", context)


@transaction.atomic
def student_lines(request: PersonRequest, public_id: UUID, file_type: str) -> HttpResponse:
    """Show the student's lines of a file type in the focus's school year."""
    screen = find_screen(file_type)
    found, focus = find_student(request.user, public_id, request.focus)
    stored = lines_of_student(found, screen.lines, focus.school_year)
    lines = [(screen.cells(line), line) for line in with_changes(stored, person=request.user)]
    one, several = screen.lines.table.noun
    layout = screen.lines.layout
    context = {
        "lines": lines,
        "columns": screen.columns,
        "screen": screen.name,
        "slug": screen.slug,
        **to_correct(request.user, focus, screen.slug, found=stored),
        "one": one,
        "several": several,
        "hint": layout.on_file.hint if layout.on_file else "",
    }
    return _show(request, found, focus, "lines", context)


@transaction.atomic
def student_history(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Show the student's time line in the focus's school year, now or as of a day, and every version of every line."""
    found, focus = find_student(request.user, public_id, request.focus)
    form = AsOfForm(request.GET or None)
    history = history_of(found, focus.school_year, person=request.user, day=form.day)
    day, label = (form.day, str(form.day)) if form.day else (timezone.localdate(), "today")
    line = draw(history.facts, focus.school_year, day=day, label=label)
    context = {"history": history, "time_line": line, "form": form, "screen": "History"}
    return _show(request, found, focus, "history", context, **({"as_of": str(form.day)} if form.day else {}))


def _show(
    request: PersonRequest, found: Student, focus: Focus, template: str, context: dict[str, object], **details: Any
) -> HttpResponse:
    record_event(
        "student.viewed",
        by=request.user,
        school_year=focus.school_year,
        subject=found,
        screen=context["screen"],
        **details,
    )
    context = {"student": found, "school_year": focus.school_year, "screens": screens(), **context}
    return render(request, f"web/students/{template}.html", context)
