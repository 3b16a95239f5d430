"""Invitations: made, handed over as a link, accepted once and in time, or withdrawn."""

import secrets
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tidegate.accounts.find_people import OPEN_INVITATION, open_invitations
from tidegate.accounts.models import Invitation, Person
from tidegate.accounts.models.person import fold_email
from tidegate.accounts.people import add_person, check_role_at, give_role, note_link_handed_over
from tidegate.accounts.permissions import can_give_role, can_manage_people, check_can_give_role
from tidegate.accounts.reach import no_such
from tidegate.accounts.secret_digest import secret_digest
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict, NotFound, Refusal
from tidegate.core.format_day import format_day
from tidegate.reference.advisory_lock import advisory_lock
from tidegate.reference.models import Organization

_ASK = "Ask the person who invited you for another one"


class NewInvitation(NamedTuple):
    """An invitation that was made, and the secret of its link, which cannot be shown again."""

    invitation: Invitation
    secret: str


@transaction.atomic
def make_invitation(
    *,
    by: Person | None,
    email: str,
    name: str,
    role: str,
    organization: Organization | None,
    is_by_mail_alone: bool = False,
) -> NewInvitation:
    """Invite somebody who has no account; an earlier invitation of theirs to the same role ends with it.

    Args:
        by: The person who invites; None is the operator.
        email: The address that the new person will sign in with; a Refusal where somebody has it.
        name: The person's name, which they may correct.
        role: The slug of the role that comes with it.
        organization: Where the role is held; None is the whole state.
        is_by_mail_alone: Whether the link is mailed, and shown to nobody here.
    """
    if by is not None:
        check_can_give_role(by, role, organization)
    check_role_at(role, organization)
    email = fold_email(email)
    lock_address(email)
    if Person.objects.filter(email=email).exists():
        raise Refusal(
            "There is a person with this email already",
            fix="Give that person the role instead, or let them ask for it: Ask for access, under their name",
        )
    now = timezone.now()
    same = {"email": email, "role": role, "organization": organization}
    Invitation.objects.filter(OPEN_INVITATION, **same).update(withdrawn_at=now)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        **same,
        name=name.strip(),
        is_by_mail_alone=is_by_mail_alone,
        digest=secret_digest(secret),
        invited_by=by,
        invited_at=now,
        expires_at=now + timedelta(days=settings.TIDEGATE_INVITATION_DAYS),
    )
    record_event("invitation.made", by=by, organization=organization, subject=invitation, role=role)
    return NewInvitation(invitation, secret)


def find_invitation(secret: str) -> Invitation:
    """Return the invitation of a link. A Refusal, with what to do, where it was used, has expired or was withdrawn."""
    found = Invitation.objects.filter(digest=secret_digest(secret)).select_related("organization", "invited_by").first()
    if found is None:
        raise NotFound("There is no such invitation", fix="Copy the whole link from the mail, or ask for another one")
    check_open(found)
    return found


@transaction.atomic
def accept(invitation: Invitation, *, name: str = "", password: str | None = None) -> Person:
    """Return the new person of an invitation. Without a password they sign in through the provider, which has said who
    they are. Of two at one moment the second one finds it used."""
    lock_address(invitation.email)
    locked = Invitation.objects.select_for_update(of=("self",)).select_related("organization", "invited_by")
    invitation = locked.get(pk=invitation.pk)
    check_open(invitation)
    name = name.strip() or invitation.name or invitation.email
    person = add_person(by=None, email=invitation.email, name=name, password=password)
    give_role(by=None, person=person, role=invitation.role, organization=invitation.organization)
    if password is not None and _may_be_of_who_invited(invitation):
        note_link_handed_over(person)
    invitation.accepted_by, invitation.accepted_at = person, timezone.now()
    invitation.save(update_fields=["accepted_by", "accepted_at"])
    record_event("invitation.accepted", by=person, organization=invitation.organization, subject=invitation)
    return person


@transaction.atomic
def end_unused(person: Person) -> list[Invitation]:
    """End the invitations that somebody has not accepted who has an account now, and return those that were good: their
    links give no role, since whoever made the account by another one may have chosen its password."""
    lock_address(person.email)
    found = Invitation.objects.filter(OPEN_INVITATION, email=person.email).select_related("organization", "invited_by")
    now, unused = timezone.now(), list(found.select_for_update(of=("self",)).order_by("pk"))
    for each in unused:
        each.withdrawn_at = now
        each.save(update_fields=["withdrawn_at"])
        record_event(
            "invitation.withdrawn", by=None, organization=each.organization, subject=each, reason="has an account"
        )
    return [each for each in unused if each.expires_at > now and _may_still_invite(each)]


def invitation_for(emails: list[str]) -> Invitation | None:
    """Return the newest good invitation to one of these addresses, which the provider has verified."""
    good = Invitation.objects.filter(OPEN_INVITATION, email__in=emails, expires_at__gt=timezone.now())
    newest_first = good.select_related("organization", "invited_by").order_by("-pk")
    return next((each for each in newest_first if _may_still_invite(each)), None)


@transaction.atomic
def withdraw_invitation(invitation_id: int, *, by: Person) -> Invitation:
    """End an invitation that nobody has accepted; NotFound where there is none that the person may withdraw."""
    invitation = open_invitations(by).select_for_update(of=("self",)).filter(pk=invitation_id).first()
    if invitation is None:
        raise no_such("invitation")
    check_can_give_role(by, invitation.role, invitation.organization)
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    record_event("invitation.withdrawn", by=by, organization=invitation.organization, subject=invitation)
    return invitation


def check_open(invitation: Invitation) -> None:
    """Raise a Conflict where an invitation was used, was withdrawn or has expired, its sender may no longer give the
    role, or the person has an account by another way."""
    if invitation.accepted_at is not None:
        raise Conflict("This invitation was used already", fix="Sign in, or choose a new password on that page")
    if Person.objects.filter(email=invitation.email).exists():
        raise Conflict(
            "You have an account already, so this link gives you no role",
            fix="Sign in and ask for the role: Ask for access, under your name",
        )
    if invitation.withdrawn_at is not None:
        raise Conflict("This invitation was withdrawn", fix=_ASK)
    if invitation.expires_at <= timezone.now():
        day = timezone.localdate(invitation.expires_at)
        raise Conflict(f"This invitation was good until {format_day(day)}", fix=_ASK)
    if not _may_still_invite(invitation):
        raise Conflict(
            "The person who invited you can no longer give you this role",
            fix="Ask somebody at your office or the state data team for another invitation",
        )


def lock_address(email: str) -> None:
    """Keep others from inviting this address, or accepting for it, until the caller's transaction ends."""
    advisory_lock(f"invitations to {email}")


def _may_be_of_who_invited(invitation: Invitation) -> bool:
    """Whether the password may have been chosen by who invited: somebody who manages one office and had the link."""
    by = invitation.invited_by
    return by is not None and not can_manage_people(by) and not invitation.is_by_mail_alone


def _may_still_invite(invitation: Invitation) -> bool:
    """Whether who invited may still give the role: nobody leaves a way in behind whose own access or role has ended."""
    by = invitation.invited_by
    return by is None or can_give_role(by, invitation.role, invitation.organization)
