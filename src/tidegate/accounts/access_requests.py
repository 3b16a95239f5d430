"""Requests for access: a person asks for a role, somebody who manages people there grants or declines."""

from django.db import transaction
from django.utils import timezone

from tidegate.accounts.find_people import requests_managed_by
from tidegate.accounts.models import AccessRequest, Answer, Membership, Person
from tidegate.accounts.people import check_role_at, give_role
from tidegate.accounts.permissions import check_can_give_role, check_can_manage_some_people
from tidegate.accounts.reach import no_such
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict, Refusal
from tidegate.core.free_text import free_text
from tidegate.reference.models import Organization

MAX_OPEN = 5


@transaction.atomic
def ask_for_access(*, person: Person, role: str, organization: Organization, reason: str) -> AccessRequest:
    """Return the new request.

    Args:
        person: Who asks.
        role: The slug of the role; a Refusal where it cannot be held there, or the person holds it already.
        organization: Where it would be held.
        reason: Why, in a sentence.
    """
    check_role_at(role, organization)
    Person.objects.select_for_update().get(pk=person.pk)  # who asks twice at one moment asks once
    if Membership.objects.filter(person=person, role=role, organization=organization).exists():
        raise Refusal("You have this role already", fix="Choose it in the focus at the top right")
    waiting = AccessRequest.objects.filter(person=person, answer=Answer.OPEN)
    if waiting.filter(role=role, organization=organization).exists():
        raise Conflict("You have asked for this role already", fix="Wait for the answer: you are told here")
    if waiting.count() >= MAX_OPEN:
        raise Conflict(f"{MAX_OPEN} requests of yours wait for an answer", fix="Wait for the answers first")
    request = AccessRequest.objects.create(
        person=person, role=role, organization=organization, reason=free_text(reason)[:500], asked_at=timezone.now()
    )
    record_event("access.asked", by=person, organization=organization, subject=request, role=role)
    return request


def find_request(by: Person, request_id: int) -> AccessRequest:
    """Return the request that waits for the person's answer; a Conflict where somebody has answered it, NotFound where
    there is none."""
    check_can_manage_some_people(by)
    request = requests_managed_by(by).filter(pk=request_id).first()
    if request is None:
        raise no_such("request that waits for an answer")
    if request.answer != Answer.OPEN:
        raise _answered()
    return request


@transaction.atomic
def answer_request(request_id: int, *, by: Person, is_granted: bool, reason: str = "") -> AccessRequest:
    """Grant or decline a request, and return it.

    Args:
        request_id: The number of the request.
        by: Who answers; a Refusal where they may not give the role.
        is_granted: Whether the person gets the role.
        reason: Why not; needed where it is declined.
    """
    find_request(by, request_id)
    request = AccessRequest.objects.select_for_update(of=("self",)).select_related("person", "organization")
    found = request.filter(pk=request_id, answer=Answer.OPEN).first()
    if found is None:
        raise _answered()
    check_can_give_role(by, found.role, found.organization)
    reason = free_text(reason)[:500]
    if not is_granted and not reason:
        raise Refusal("Say why you decline the request", fix="The person reads the reason")
    if is_granted:
        give_role(by=by, person=found.person, role=found.role, organization=found.organization)
    found.answer = Answer.GRANTED if is_granted else Answer.DECLINED
    found.answered_by, found.answered_at, found.answer_reason = by, timezone.now(), reason
    found.save(update_fields=["answer", "answered_by", "answered_at", "answer_reason"])
    record_event(f"access.{found.answer}", by=by, organization=found.organization, subject=found, role=found.role)
    return found


def _answered() -> Conflict:
    return Conflict("Somebody has answered this request already", fix="Open People again to see what is left")
