"""The students of a technical school who have an enrollment without a line, or a line without an enrollment."""

from typing import NamedTuple

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render

from tidegate.accounts.focus import why_no_focus
from tidegate.accounts.permissions import check_can_view_students
from tidegate.accounts.reach import no_such
from tidegate.audit.record import record_event
from tidegate.overview.technical_school import KINDS, find_unmatched, taught_lines
from tidegate.records.models import Student
from tidegate.records.students import students_with_organizations
from tidegate.reference.models import Organization
from tidegate.web.misfits import enrolled_within_reach
from tidegate.web.pages import ROWS_ON_A_PAGE, number_in
from tidegate.web.requests import PersonRequest

_MOST_PAGES = 10_000


class UnmatchedStudent(NamedTuple):
    """A student of the list, where the student is enrolled, and whether the person may open the student."""

    student: Student
    places: list[Organization]
    is_seen: bool


@transaction.atomic
def unmatched(request: PersonRequest, file_type: str, kind: str) -> HttpResponse:
    """Show the students of the focus's school who lack one of the two."""
    focus = request.focus
    if focus is None:
        raise why_no_focus(request.user)
    check_can_view_students(request.user, focus.organization)
    lines = next((each for each in taught_lines() if each.file_type.slug == file_type), None)
    school = focus.organization
    if lines is None or kind not in KINDS or school is None or not school.is_cte_school:
        raise no_such("list")
    number = max(1, min(number_in(request.GET.get("page", "")), _MOST_PAGES))
    start = (number - 1) * ROWS_ON_A_PAGE
    numbers = find_unmatched(lines, kind, school, focus.school_year, start=start, limit=ROWS_ON_A_PAGE + 1)
    shown = numbers[:ROWS_ON_A_PAGE]
    seen = enrolled_within_reach(shown, request.user, focus.school_year)
    found = {student.pk: (student, places) for student, places in students_with_organizations(shown, focus.school_year)}
    rows = [UnmatchedStudent(*found[each], each in seen) for each in shown if each in found]
    record_event(
        "students.viewed",
        by=request.user,
        organization=focus.organization,
        school_year=focus.school_year,
        count=len(rows),
        students=[str(student.public_id) for student, *_ in rows],
    )
    context = {
        "focus": focus,
        "lines": lines,
        "kind": kind,
        "rows": rows,
        "number": number,
        "has_next": len(numbers) > ROWS_ON_A_PAGE,
        "previous_number": number - 1,
        "next_number": number + 1,
    }
    return render(request, "web/home/unmatched.html", context)
