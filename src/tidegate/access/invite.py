"""Invites somebody: the invitation and the mail that brings its link, in one transaction."""

from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from tidegate.access.links import invitation_link
from tidegate.accounts.invitations import make_invitation
from tidegate.accounts.models import Invitation, Person
from tidegate.accounts.permissions import can_manage_people
from tidegate.accounts.roles import ROLES
from tidegate.inbox.compose import invitation_mail, queue_mails
from tidegate.inbox.mail_server import is_mail_on
from tidegate.reference.models import Organization


class Invited(NamedTuple):
    """An invitation, the link to hand over, which cannot be shown again, and whether it was mailed. The link is blank
    where it was mailed alone."""

    invitation: Invitation
    link: str
    is_mailed: bool


@transaction.atomic
def invite(
    *,
    by: Person | None,
    email: str,
    name: str,
    role: str,
    organization: Organization | None,
    by_mail: bool = True,
) -> Invited:
    """Invite somebody, by mail where that is wanted and the site sends mails, or where the link is not shown. The
    arguments are those of `make_invitation`; a Refusal as there."""
    is_shown = is_invitation_shown(by)
    made, secret = make_invitation(
        by=by, email=email, name=name, role=role, organization=organization, is_by_mail_alone=not is_shown
    )
    link = invitation_link(secret)
    is_mailed = not is_shown or (by_mail and is_mail_on())
    if is_mailed:
        queue_mails([invitation_mail(made, _lines(made, link, by=by))])
    return Invited(made, link if is_shown else "", is_mailed)


def is_invitation_shown(by: Person | None) -> bool:
    """Whether who invites sees the link. One who manages an office does not where the site sends mails: they could take
    the account of somebody who gets other roles later."""
    return by is None or can_manage_people(by) or not is_mail_on()


def _lines(invitation: Invitation, link: str, *, by: Person | None) -> list[str]:
    who = by.name if by else "The state data team"
    what = place_of_role(invitation.role, invitation.organization)
    return [
        f"{who} has invited you to tidegate, where the state's student files are sent and checked.",
        f"Your role there: {what}.",
        "",
        "Open this link to accept it. It works once:",
        link,
        "",
        f"It is good for {settings.TIDEGATE_INVITATION_DAYS} days. If you did not expect it, do nothing.",
    ]


def place_of_role(role: str, organization: Organization | None) -> str:
    """Return a role and where it is held, in words."""
    return f"{ROLES[role].display_name}, {organization.name if organization else 'the whole state'}"
