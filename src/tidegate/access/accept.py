"""Accepts an invitation, and tells the people who invited."""

from django.db import transaction

from tidegate.access.invite import place_of_role
from tidegate.access.links import PEOPLE
from tidegate.accounts import invitations
from tidegate.accounts.find_people import people_managed_by
from tidegate.accounts.models import Invitation, Person
from tidegate.inbox.kinds import MessageKind
from tidegate.inbox.notify import notify


@transaction.atomic
def accept_invitation(secret: str, *, name: str, password: str) -> Person:
    """Return the new person of a link, and tell who invited them. A Refusal where the invitation is not good."""
    return accept(invitations.find_invitation(secret), name=name, password=password)


@transaction.atomic
def accept(invitation: Invitation, *, name: str = "", password: str | None = None) -> Person:
    """Return the new person of an invitation, and tell who invited them, to this or to something else; as
    `accounts.invitations.accept`."""
    person = invitations.accept(invitation, name=name, password=password)
    inviter, organization = invitation.invited_by, invitation.organization
    text = f"{person.name} has accepted your invitation: {place_of_role(invitation.role, organization)}."
    link = f"{PEOPLE}{person.pk}/"
    notify([inviter] if inviter else [], MessageKind.INVITATION_ACCEPTED, text, link=link, organization=organization)
    end_unused(person)
    return person


@transaction.atomic
def end_unused(person: Person) -> None:
    """End the invitations that somebody has not accepted who has an account now, and tell who invited them how the role
    is given."""
    for each in invitations.end_unused(person):
        has_it = person.memberships.filter(role=each.role, organization=each.organization).exists()
        if each.invited_by is None or has_it:
            continue
        what = place_of_role(each.role, each.organization)
        is_seen = people_managed_by(each.invited_by).filter(pk=person.pk).exists()
        how = "Give it on their page" if is_seen else "They can ask for it: Ask for access, under their name"
        text = f"{person.name} has an account by another way, so your invitation gave no role: {what}. {how}."
        link = f"{PEOPLE}{person.pk}/" if is_seen else PEOPLE
        notify([each.invited_by], MessageKind.INVITATION_ACCEPTED, text, link=link, organization=each.organization)
