"""Conflicts: the students of the focus whom another district has, too."""

from collections.abc import Collection
from typing import NamedTuple

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render

from tidegate.accounts.focus import why_no_focus
from tidegate.accounts.permissions import can_view_upload, check_can_view_students
from tidegate.audit.record import record_event
from tidegate.overview.conflicts import Move, SeenConflict, count_conflicts, find_conflicts
from tidegate.overview.district import places_of
from tidegate.web.pages import page_by_number
from tidegate.web.reach import enrolled_within_reach
from tidegate.web.requests import PersonRequest


class ShownConflict(NamedTuple):
    """A conflict with what the person may open: the student, and the upload of the claim."""

    conflict: SeenConflict
    may_view_student: bool
    may_view_upload: bool
    move: str


@transaction.atomic
def conflicts(request: PersonRequest) -> HttpResponse:
    """Show the conflicts that the focus is part of, with the least about the other side."""
    focus, person = request.focus, request.user
    if focus is None:
        raise why_no_focus(person)
    check_can_view_students(person, focus.organization)
    places = places_of(focus.organization) if focus.organization else None
    page = page_by_number(
        lambda start, limit: find_conflicts(places, focus.school_year, start=start, limit=limit), request
    )
    students = {each.student.pk for each in page}
    seen = enrolled_within_reach(students, person, focus.school_year) if focus.organization else students
    rows = [
        ShownConflict(
            each,
            each.student.pk in seen,
            can_view_upload(person, each.claim.sau),
            _in_words(each, places or ()),
        )
        for each in page
    ]
    record_event(
        "conflicts.viewed",
        by=person,
        organization=focus.organization,
        school_year=focus.school_year,
        students=sorted({str(each.student.public_id) for each in page}),
    )
    context = {
        "focus": focus,
        "rows": rows,
        "count": count_conflicts(places, focus.school_year),
        "page": page,
    }
    return render(request, "web/students/conflicts.html", context)


def _in_words(conflict: SeenConflict, places: Collection[int]) -> str:
    """Return whose move it is, and what that is. Only the own side is called "you"."""
    mover = conflict.mover
    if mover is None:
        return "Either: agree on where the student is; the one that is wrong corrects its file"
    is_own = mover.pk in places
    who = "You" if is_own else mover.name
    if conflict.move == Move.SEND_AGAIN:
        return f"{who}: send the row again, nothing is in its way now"
    return f"{who}: send the exit of the enrollment that began {_earlier(conflict)}, or correct the row"


def _earlier(conflict: SeenConflict) -> str:
    days = [conflict.claim.entry_date, *([conflict.on_file.entry_date] if conflict.on_file else [])]
    return min(days).isoformat()
