"""The Student screen: Enrollments and CTE."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render

from tidegate.accounts.models import Focus
from tidegate.audit.record import record_event
from tidegate.records.models import CteRecord, Enrollment, Student
from tidegate.web.requests import PersonRequest
from tidegate.web.student_lines import cte_records_of, enrollments_of, find_student, with_uploads


@transaction.atomic
def student(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Show the student's enrollments in the focus's school year."""
    found, focus = find_student(request.user, public_id, request.focus)
    return _show(request, found, focus, enrollments_of(found, focus.school_year), screen="Enrollments")


@transaction.atomic
def student_cte(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Show the student's CTE records in the focus's school year: the guide's Student CTE screen."""
    found, focus = find_student(request.user, public_id, request.focus)
    return _show(request, found, focus, cte_records_of(found, focus.school_year), screen="CTE")


def _show(
    request: PersonRequest, found: Student, focus: Focus, records: Sequence[Enrollment | CteRecord], *, screen: str
) -> HttpResponse:
    record_event("student.viewed", by=request.user, school_year=focus.school_year, subject=found, screen=screen)
    lines = with_uploads(records, person=request.user)
    context = {"student": found, "school_year": focus.school_year, "lines": lines, "screen": screen}
    return render(request, f"web/students/{screen.lower()}.html", context)
