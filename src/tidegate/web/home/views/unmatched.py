"""The students of a technical school: those from a district, and those with an enrollment or a line alone."""

from typing import Any, NamedTuple

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render

from tidegate.accounts.focus import why_no_focus
from tidegate.accounts.permissions import check_can_view_students
from tidegate.accounts.reach import no_such
from tidegate.audit.record import record_event
from tidegate.overview.technical_school import KINDS, find_sent, find_unmatched, taught_lines
from tidegate.records.models import Student
from tidegate.records.students import students_with_organizations
from tidegate.reference.models import Organization, SchoolYear
from tidegate.reference.models.organization import DISTRICT
from tidegate.web.pages import Page, page_by_number
from tidegate.web.reach import enrolled_within_reach
from tidegate.web.requests import PersonRequest


class UnmatchedStudent(NamedTuple):
    """A student of the list, where the student is enrolled, and whether the person may open the student."""

    student: Student
    places: list[Organization]
    is_seen: bool


@transaction.atomic
def unmatched(request: PersonRequest, file_type: str, kind: str) -> HttpResponse:
    """Show the students of the focus's school who lack one of the two."""
    school, year = _technical_school(request)
    lines = next((each for each in taught_lines() if each.file_type.slug == file_type), None)
    if lines is None or kind not in KINDS:
        raise no_such("list")
    page = page_by_number(
        lambda start, limit: find_unmatched(lines, kind, school, year, start=start, limit=limit), request
    )
    context = {"lines": lines, "kind": kind, **_rows(page, request)}
    return render(request, "web/home/unmatched.html", context)


@transaction.atomic
def sent_students(request: PersonRequest, organization_id: int) -> HttpResponse:
    """Show the students of the focus's school whom a district sends; 0 is of those whose district is not known."""
    school, year = _technical_school(request)
    district = Organization.objects.filter(pk=organization_id, kind=DISTRICT).first()
    if district is None and organization_id:
        raise no_such("list")
    page = page_by_number(lambda start, limit: find_sent(district, school, year, start=start, limit=limit), request)
    return render(request, "web/home/sent_students.html", {"district": district, **_rows(page, request)})


def _technical_school(request: PersonRequest) -> tuple[Organization, SchoolYear]:
    """Return the technical school of the focus whose students the person may see, and the school year."""
    focus = request.focus
    if focus is None:
        raise why_no_focus(request.user)
    check_can_view_students(request.user, focus.organization)
    if focus.organization is None or not focus.organization.is_cte_school:
        raise no_such("list")
    return focus.organization, focus.school_year


def _rows(page: Page, request: PersonRequest) -> dict[str, Any]:
    """Return what a page of students' numbers shows; note who looks."""
    focus, shown = request.focus, page.object_list
    assert focus
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
    return {"focus": focus, "rows": rows, "page": page}
