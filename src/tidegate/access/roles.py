"""Gives and ends roles, and tells the person."""

from django.db import transaction

from tidegate.access.invite import place_of_role
from tidegate.accounts import people
from tidegate.accounts.models import Membership, Person
from tidegate.accounts.roles import ROLES
from tidegate.inbox.kinds import MessageKind
from tidegate.inbox.notify import notify
from tidegate.reference.models import Organization


@transaction.atomic
def give_role(*, by: Person, person: Person, role: str, organization: Organization | None) -> Membership:
    """Give the person a role, and tell them; as `accounts.people.give_role`."""
    membership = people.give_role(by=by, person=person, role=role, organization=organization)
    text = f"You have a new role: {place_of_role(role, organization)}. {ROLES[role].description}"
    notify([person], MessageKind.ACCESS_CHANGED, text, organization=organization)
    return membership


@transaction.atomic
def end_role(*, by: Person, membership: Membership) -> None:
    """Take a role from a person, and tell them; as `accounts.people.end_role`."""
    person, role, organization = membership.person, membership.role, membership.organization
    people.end_role(by=by, membership=membership)
    text = f"A role of yours has ended: {place_of_role(role, organization)}. Tokens that needed it no longer work."
    notify([person], MessageKind.ACCESS_CHANGED, text, organization=organization)
