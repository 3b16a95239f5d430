"""Follow-up: whom to ask in the focus's school year where they are after leaving school, as a page and as a file."""

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from tidegate.accounts.focus import why_no_focus
from tidegate.accounts.models import Focus
from tidegate.accounts.permissions import check_can_view_students
from tidegate.audit.record import record_event
from tidegate.overview.district import places_of
from tidegate.overview.follow_up import (
    count_follow_ups,
    find_follow_ups,
    follow_ups_csv,
    placement_lines,
    students_to_ask,
)
from tidegate.records.public_ids import public_ids_in_parts
from tidegate.web.downloads import csv_download
from tidegate.web.pages import page_by_number
from tidegate.web.reach import enrolled_within_reach
from tidegate.web.requests import PersonRequest


@transaction.atomic
def follow_up(request: PersonRequest) -> HttpResponse:
    """Show whom to ask, those first who are asked first, with the answers that are on file."""
    focus, places = _place(request)
    only_open = request.GET.get("show") == "open"
    page = page_by_number(
        lambda start, limit: find_follow_ups(places, focus.school_year, only_open=only_open, start=start, limit=limit),
        request,
    )
    students = {each.student.pk for each in page}
    shown = sorted({str(each.student.public_id) for each in page})
    _record(request, focus, shown, act="follow_up.viewed")
    found = placement_lines()
    context = {
        "focus": focus,
        "page": page,
        "rows": [(each, each.is_late_on(timezone.localdate())) for each in page],
        "seen": enrolled_within_reach(students, request.user, focus.school_year) if focus.organization else students,
        "only_open": only_open,
        "count": count_follow_ups(places, focus.school_year),
        "open_count": count_follow_ups(places, focus.school_year, only_open=True),
        "file_type": found[1].file_type if found else None,
    }
    return render(request, "web/students/follow_up.html", context)


@transaction.atomic
def follow_up_file(request: PersonRequest) -> HttpResponseBase:
    """Download whom to ask as CSV, answered or not."""
    focus, places = _place(request)
    for part in public_ids_in_parts(students_to_ask(places, focus.school_year)):
        _record(request, focus, part, act="follow_up.downloaded")
    return csv_download(follow_ups_csv(places, focus.school_year), f"follow-up-{focus.school_year.name}.csv")


def _place(request: PersonRequest) -> tuple[Focus, list[int] | None]:
    """Return the focus, and the districts and schools in it.

    Returns:
        The focus, and the IDs; None is the whole state.

    Raises:
        NotAllowed: The person may not see students there.
    """
    focus = request.focus
    if focus is None:
        raise why_no_focus(request.user)
    check_can_view_students(request.user, focus.organization)
    return focus, places_of(focus.organization) if focus.organization else None


def _record(request: PersonRequest, focus: Focus, students: list[str], *, act: str) -> None:
    """Record who was shown, by the students' public IDs."""
    record_event(
        act, by=request.user, organization=focus.organization, school_year=focus.school_year, students=students
    )
