"""Finds people: those whom a person manages, by name, email or the organization where they hold a role."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from tidegate.accounts.models import AccessRequest, Answer, Invitation, Membership, Person
from tidegate.accounts.permissions import can_manage_people, check_can_manage_some_people
from tidegate.accounts.reach import no_such, organizations_allowing
from tidegate.accounts.roles import Permission, roles_with
from tidegate.reference.models import Organization

OPEN_INVITATION = Q(accepted_at=None, withdrawn_at=None)


def managed_organizations(by: Person) -> "QuerySet[Organization]":
    """Return the organizations whose people the person manages: all, or those of their own office."""
    if can_manage_people(by):
        return Organization.objects.all()
    return organizations_allowing(by, Permission.MANAGE_OWN_PEOPLE)


def people_managed_by(by: Person) -> "QuerySet[Person]":
    """Return the people whom the person manages; a Refusal where these are none at all."""
    check_can_manage_some_people(by)
    if can_manage_people(by):
        return Person.objects.all()
    return Person.objects.filter(Exists(_memberships_at(managed_organizations(by))))


def search_people(by: Person, text: str) -> "QuerySet[Person]":
    """Return those whom the person manages and who have each word of the text in name, email or organization, of those
    organizations that the person manages: where else somebody has a role is not told."""
    found, managed = people_managed_by(by), managed_organizations(by)
    for word in text.split():
        named = managed.filter(name__icontains=word)
        found = found.filter(Q(name__icontains=word) | Q(email__icontains=word) | Exists(_memberships_at(named)))
    return found


def _memberships_at(organizations: "QuerySet[Organization]") -> "QuerySet[Membership]":
    return Membership.objects.filter(person=OuterRef("pk"), organization__in=organizations.order_by().values("pk"))


def memberships_with(permission: Permission) -> "QuerySet[Membership]":
    """Return the memberships by which people with access may do this somewhere, those of a person in a row."""
    held = Membership.objects.filter(role__in=roles_with(permission), person__is_active=True)
    return held.select_related("person").order_by("person_id", "pk")


def find_person(by: Person, person_id: int) -> Person:
    """Return the person with this number; NotFound where there is none whom `by` manages."""
    person = people_managed_by(by).prefetch_related("memberships__organization").filter(pk=person_id).first()
    if person is None:
        raise no_such("person")
    return person


def open_invitations(by: Person) -> "QuerySet[Invitation]":
    """Return the invitations that nobody has accepted yet, of the organizations whose people the person manages."""
    found = Invitation.objects.filter(OPEN_INVITATION).select_related("organization", "invited_by")
    return found if can_manage_people(by) else found.filter(organization__in=managed_organizations(by).order_by())


def open_requests(by: Person) -> "QuerySet[AccessRequest]":
    """Return the requests for access that wait for an answer of the person."""
    return requests_managed_by(by).filter(answer=Answer.OPEN)


def requests_managed_by(by: Person) -> "QuerySet[AccessRequest]":
    """Return the requests for access at the organizations whose people the person manages, answered ones, too."""
    found = AccessRequest.objects.select_related("organization", "person")
    return found if can_manage_people(by) else found.filter(organization__in=managed_organizations(by).order_by())
