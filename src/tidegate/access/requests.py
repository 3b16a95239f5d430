"""Requests for access, and who is told of them: those who may answer, then the person who asked."""

from django.conf import settings
from django.db import transaction

from tidegate.access.invite import place_of_role
from tidegate.access.links import ASK, PEOPLE
from tidegate.accounts import access_requests
from tidegate.accounts.models import AccessRequest, Answer, Membership, Person
from tidegate.accounts.permissions import can_give_role
from tidegate.accounts.roles import PeopleManager, StateAdministrator
from tidegate.inbox.kinds import MessageKind
from tidegate.inbox.notify import mark_settled, notify
from tidegate.reference.models import Organization


@transaction.atomic
def ask_for_access(*, person: Person, role: str, organization: Organization, reason: str) -> AccessRequest:
    """Ask for a role, and tell those who may give it; as `accounts.access_requests.ask_for_access`."""
    request = access_requests.ask_for_access(person=person, role=role, organization=organization, reason=reason)
    text = f"{person.name} asks for a role: {place_of_role(role, organization)}. Grant it or decline it with a reason."
    notify(who_answers(request), MessageKind.ACCESS_ASKED, text, link=_page_of(request), organization=organization)
    return request


@transaction.atomic
def answer_request(request_id: int, *, by: Person, is_granted: bool, reason: str = "") -> AccessRequest:
    """Grant or decline a request, and tell the person; nobody else is asked any more. As
    `accounts.access_requests.answer_request`."""
    request = access_requests.answer_request(request_id, by=by, is_granted=is_granted, reason=reason)
    mark_settled(MessageKind.ACCESS_ASKED, link=_page_of(request), since=request.asked_at)
    what = place_of_role(request.role, request.organization)
    is_granted = request.answer == Answer.GRANTED
    text = f"You have the role that you asked for: {what}." if is_granted else f"Your request was declined: {what}."
    # What a person has written is not mailed: it could be about a student.
    why = " Open the page to read why." if request.answer_reason else ""
    notify([request.person], MessageKind.ACCESS_CHANGED, f"{text}{why}", link=ASK, organization=request.organization)
    return request


def _page_of(request: AccessRequest) -> str:
    return f"{PEOPLE}requests/{request.pk}/"


def who_answers(request: AccessRequest) -> list[Person]:
    """Return the people who manage those of the organization and may give the role; where there is none but the person
    who asks, the state's administrators."""
    own = request.organization.ids_up_to_district
    held = Membership.objects.filter(person__is_active=True).exclude(person=request.person_id)
    held = held.select_related("person").prefetch_related("person__memberships").order_by("person_id")
    managers = held.filter(role=PeopleManager.slug, organization__in=own) if settings.TIDEGATE_DELEGATED_PEOPLE else ()
    found = [each.person for each in managers if can_give_role(each.person, request.role, request.organization)]
    return found or [each.person for each in held.filter(role=StateAdministrator.slug)]
