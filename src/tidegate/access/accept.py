"""Accepts an invitation, and tells the person who invited."""

from django.db import transaction

from tidegate.access.invite import place_of_role
from tidegate.access.links import PEOPLE
from tidegate.accounts import invitations
from tidegate.accounts.models import Invitation, Person
from tidegate.inbox.kinds import MessageKind
from tidegate.inbox.notify import notify


@transaction.atomic
def accept_invitation(secret: str, *, name: str, password: str) -> Person:
    """Return the new person of a link, and tell who invited them. A Refusal where the invitation is not good."""
    return accept(invitations.find_invitation(secret), name=name, password=password)


@transaction.atomic
def accept(invitation: Invitation, *, name: str = "", password: str | None = None) -> Person:
    """Return the new person of an invitation, and tell who invited them; as `accounts.invitations.accept`."""
    person = invitations.accept(invitation, name=name, password=password)
    inviter, organization = invitation.invited_by, invitation.organization
    text = f"{person.name} has accepted your invitation: {place_of_role(invitation.role, organization)}."
    link = f"{PEOPLE}{person.pk}/"
    notify([inviter] if inviter else [], MessageKind.INVITATION_ACCEPTED, text, link=link, organization=organization)
    return person
