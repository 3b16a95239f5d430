"""The Student screen: Enrollments and CTE."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render

from tidegate.audit.record import record_event
from tidegate.records.models import CteRecord, Enrollment
from tidegate.web.requests import PersonRequest
from tidegate.web.student_lines import find_student, lines_of


@transaction.atomic
def student(request: PersonRequest, number: str) -> HttpResponse:
    """Show the student's enrollments in the focus's school year."""
    return _show(request, number, Enrollment, tab="enrollments", screen="Student Enrollments")


@transaction.atomic
def student_cte(request: PersonRequest, number: str) -> HttpResponse:
    """Show the student's CTE records in the focus's school year: the guide's Student CTE screen."""
    return _show(request, number, CteRecord, tab="cte", screen="Student CTE")


def _show(
    request: PersonRequest, number: str, kind: type[Enrollment | CteRecord], *, tab: str, screen: str
) -> HttpResponse:
    found, focus = find_student(request.user, number, request.focus)
    lines = lines_of(kind, found, focus.school_year, person=request.user)
    record_event("student.viewed", by=request.user, school_year=focus.school_year, subject=found, screen=tab)
    context = {"student": found, "school_year": focus.school_year, "lines": lines, "tab": tab, "screen": screen}
    return render(request, f"web/students/{tab}.html", context)
