"""The queue of possible duplicates: a requested student next to the known ones, for a person to decide; and what was
decided."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tidegate.accounts.permissions import check_can_resolve_duplicates
from tidegate.accounts.reach import no_such
from tidegate.audit.record import record_event
from tidegate.core.errors import Refusal
from tidegate.records.models import DECIDED, NumberRequest, Outcome
from tidegate.records.number_requests import (
    PossibleDuplicate,
    decided_requests,
    held_requests,
    is_number_used,
    with_known_students,
)
from tidegate.reference.models import Organization
from tidegate.uploads.lifecycle.decisions.resolve_request import (
    resolve_as_different_person,
    resolve_as_same_person,
    undo_resolution,
)
from tidegate.web.pages import Rows, page_of, text_from
from tidegate.web.requests import PersonRequest
from tidegate.web.students.compare_people import compare


@transaction.atomic
def possible_duplicates(request: PersonRequest) -> HttpResponse:
    """Show the held requests, each with the known students who may be the same person."""
    check_can_resolve_duplicates(request.user)
    page = page_of(Rows(held_requests(), ("pk",)), request)
    pairs = with_known_students(list(page))
    _note_viewed(request, pairs)
    shown = [(pair, compare(pair)) for pair in pairs]
    return render(request, "web/students/possible_duplicates.html", {"page": page, "pairs": shown})


@transaction.atomic
def confirm_duplicate(request: PersonRequest, request_id: int) -> HttpResponse:
    """Ask whether that is right, before it is decided; `?student=` is the ID of the known student, blank is nobody."""
    check_can_resolve_duplicates(request.user)
    asked = held_requests().filter(pk=request_id).first()
    if asked is None:
        raise no_such("request that waits for a decision")
    pair = with_known_students([asked])[0]
    chosen, known = text_from(request, "student"), None
    if chosen:
        known = next((each for each in pair.known if str(each.student.public_id) == chosen.lower()), None)
        if known is None:
            raise Refusal("The student is not one of those beside the request", fix="Go back and choose there")
    _note_viewed(request, [pair])
    context = {"asked": asked, "pair": pair, "lines": compare(pair), "known": known}
    return render(request, "web/students/confirm_duplicate.html", context)


@require_POST
def resolve_duplicate(request: PersonRequest, request_id: int) -> HttpResponse:
    """Take the decision: the known student whose number was sent, or somebody new."""
    if number := request.POST.get("same_person", ""):
        resolve_as_same_person(request_id=request_id, number=number, by=request.user)
    elif "different_person" in request.POST:
        resolve_as_different_person(request_id=request_id, by=request.user)
    else:
        raise Refusal("Neither button was pressed", fix="Press Same person or Different person")
    messages.success(request, "Your decision is taken. The list of decisions has it, and there you can undo it.")
    return redirect("possible_duplicates")


@transaction.atomic
def decided_duplicates(request: PersonRequest) -> HttpResponse:
    """Show what was decided, the newest first."""
    check_can_resolve_duplicates(request.user)
    page = page_of(Rows(decided_requests(), ("resolved_at", "pk"), is_downward=True), request)
    students = sorted({str(each.student.public_id) for each in page if each.student})
    record_event("possible_duplicates.viewed", by=request.user, count=len(page), students=students)
    saus = Organization.objects.in_bulk({each.sau_id for each in page})
    shown = [(each, saus.get(each.sau_id)) for each in page]
    return render(request, "web/students/decided_duplicates.html", {"page": page, "decided": shown})


@transaction.atomic
def undo_duplicate(request: PersonRequest, request_id: int) -> HttpResponse:
    """Show what an undo of the decision would do; do it when the button is pressed."""
    check_can_resolve_duplicates(request.user)
    if request.method == "POST":
        undo_resolution(request_id=request_id, by=request.user)
        messages.success(request, "The decision is undone. The request waits for another one.")
        return redirect("possible_duplicates")
    asked = NumberRequest.objects.filter(pk=request_id, outcome__in=DECIDED).select_related("student").first()
    if asked is None:
        raise no_such("decision")
    students = [str(asked.student.public_id)] if asked.student else []
    record_event("possible_duplicates.viewed", by=request.user, count=1, students=students)
    is_new = asked.outcome == Outcome.DIFFERENT_PERSON
    context = {"asked": asked, "is_new": is_new, "is_used": is_new and is_number_used(asked)}
    return render(request, "web/students/undo_duplicate.html", context)


def _note_viewed(request: PersonRequest, pairs: list[PossibleDuplicate]) -> None:
    shown = {str(known.student.public_id) for pair in pairs for known in pair.known}
    record_event("possible_duplicates.viewed", by=request.user, count=len(pairs), students=sorted(shown))
