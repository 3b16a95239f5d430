"""The queue of possible duplicates: a requested student next to the known ones, for a person to
decide."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tidegate.accounts.permissions import check_can_resolve_duplicates
from tidegate.audit.record import record_event
from tidegate.core.errors import Refusal
from tidegate.records.number_requests import held_requests, with_known_students
from tidegate.uploads.lifecycle.resolve_request import resolve_as_different_person, resolve_as_same_person
from tidegate.web.pages import Rows, page_of
from tidegate.web.requests import PersonRequest


@transaction.atomic
def possible_duplicates(request: PersonRequest) -> HttpResponse:
    """Show the held requests, each with the known students who may be the same person."""
    check_can_resolve_duplicates(request.user)
    page = page_of(Rows(held_requests(), ("pk",)), request)
    pairs = with_known_students(list(page))
    shown = {str(known.student.public_id) for pair in pairs for known in pair.known}
    record_event("possible_duplicates.viewed", by=request.user, count=len(pairs), students=sorted(shown))
    return render(request, "web/students/possible_duplicates.html", {"page": page, "pairs": pairs})


@require_POST
def resolve_duplicate(request: PersonRequest, request_id: int) -> HttpResponse:
    """Take the decision: the known student whose number was sent, or somebody new."""
    if number := request.POST.get("same_person", ""):
        resolve_as_same_person(request_id=request_id, number=number, by=request.user)
    elif "different_person" in request.POST:
        resolve_as_different_person(request_id=request_id, by=request.user)
    else:
        raise Refusal("Neither button was pressed", fix="Press Same person or Different person")
    return redirect("possible_duplicates")
