"""The student list, and the search in it."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tidegate.audit.record import record_event
from tidegate.web.focus import students_in
from tidegate.web.pages import clean_text, page_of
from tidegate.web.requests import PersonRequest

_SEARCH = "student_search"


@transaction.atomic
def students(request: PersonRequest) -> HttpResponse:
    """Show the students of the focus, or those that the search finds. The links that lead here from elsewhere ask for
    all of them: no search sticks."""
    if request.GET.get("show") == "all":
        request.session.pop(_SEARCH, None)
    focus, search = request.focus, request.session.get(_SEARCH, "")
    if focus is None:
        return render(request, "web/students/list.html")
    page = page_of(students_in(focus, by=request.user, search=search), request)
    record_event(
        "students.viewed",
        by=request.user,
        organization=focus.organization,
        school_year=focus.school_year,
        count=len(page),
        students=[str(student.public_id) for student in page],
    )
    return render(request, "web/students/list.html", {"focus": focus, "page": page, "search": search})


@require_POST
def search(request: PersonRequest) -> HttpResponse:
    """Keep the search in the session: a name or a number in an address would be in every log on
    its way."""
    request.session[_SEARCH] = "" if "show_all" in request.POST else clean_text(request.POST.get("search", ""))
    return redirect("students")
