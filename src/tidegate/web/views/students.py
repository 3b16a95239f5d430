"""The student list."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render

from tidegate.audit.record import record_event
from tidegate.records.students import search_students
from tidegate.web.focused import students_in
from tidegate.web.pages import page_of, text_from
from tidegate.web.requests import PersonRequest


@transaction.atomic
def students(request: PersonRequest) -> HttpResponse:
    """Show the students of the focus, or those of them whom `?search=` names."""
    focus, search = request.focus, text_from(request, "search")
    if focus is None:
        return render(request, "web/students/list.html")
    page = page_of(search_students(students_in(focus, by=request.user), search), request)
    seen = len(page)
    record_event(
        "students.viewed", by=request.user, organization=focus.organization, school_year=focus.school_year, count=seen
    )
    return render(request, "web/students/list.html", {"focus": focus, "page": page, "search": search})
