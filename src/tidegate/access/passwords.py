"""A forgotten password: a one-time link by mail, or one that is handed over where the site sends no mails."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tidegate.access.links import password_link, person_of_link
from tidegate.accounts.models import Person
from tidegate.accounts.models.person import fold_email
from tidegate.accounts.password_tokens import make_password_token
from tidegate.accounts.people import note_link_handed_over, set_password
from tidegate.accounts.permissions import can_manage_people, check_can_manage_account
from tidegate.accounts.rate_limit import RateLimited
from tidegate.audit.models import Event
from tidegate.audit.origin import origin
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict, NotFound, Refusal
from tidegate.inbox.compose import password_mail, queue_mails
from tidegate.inbox.kinds import MessageKind
from tidegate.inbox.mail_server import is_mail_on
from tidegate.inbox.notify import notify

MAX_FROM_AN_ADDRESS, MAX_FOR_A_PERSON = 30, 3
_ASKED = "person.password_forgotten"
_HOUR = timedelta(hours=1)


def is_password_mailed() -> bool:
    """Whether somebody who has forgotten their password gets a link by mail."""
    return is_mail_on() and not settings.TIDEGATE_SSO_ONLY


@transaction.atomic
def forget_password(email: str) -> None:
    """Mail a link for a new password to the person with this address. Where there is nobody, or nobody who signs in
    with a password, nothing is mailed, and the caller learns nothing of that.

    RateLimited where it was asked too often from one network address.
    """
    if not is_password_mailed():
        raise NotFound("This site mails no links for a new password", fix="Ask the state data team for a new password")
    lately = Event.objects.filter(act=_ASKED, at__gt=timezone.now() - _HOUR)
    address = origin().address
    if address and lately.filter(address=address).count() >= MAX_FROM_AN_ADDRESS:
        raise RateLimited(
            "Too many links were asked for from your network",
            fix="Wait an hour, or ask the state data team for a new password",
            retry_after_seconds=_HOUR.total_seconds(),
        )
    person = None if "\0" in email else Person.objects.filter(email=fold_email(email), is_active=True).first()
    asked = lately.filter(subject_kind="person", subject_id=str(person.pk)).count() if person else 0
    record_event(_ASKED, by=None, subject=person)
    if person and person.has_usable_password() and asked < MAX_FOR_A_PERSON:
        _mail_link(person)


@transaction.atomic
def make_password_link(*, by: Person, person: Person) -> str:
    """Mail the person a link for a new password, and return a blank; where the site sends no mails, return the link,
    which is to be handed over."""
    check_can_manage_account(by, person)
    if settings.TIDEGATE_SSO_ONLY:
        raise Refusal("Nobody signs in with a password here", fix=f"People sign in with {settings.TIDEGATE_SSO_NAME}")
    if not person.is_active:
        raise Conflict("The person's access has ended", fix="Give the access back first")
    record_event("person.password_link_made", by=by, subject=person)
    if not is_mail_on():
        if not can_manage_people(by):
            note_link_handed_over(person)
        return password_link(person, make_password_token(person))
    _mail_link(person)
    return ""


def find_person_of_link(number: str, token: str) -> Person:
    """Return the person whose link this is; a Refusal where it was used before, or is too old."""
    person = None if settings.TIDEGATE_SSO_ONLY else person_of_link(number, token)
    if person is None:
        raise Conflict(
            "This link was used already, or is too old",
            fix="Ask for another one on the sign-in page, or ask the state data team",
        )
    return person


@transaction.atomic
def choose_password(number: str, token: str, *, password: str) -> Person:
    """Give the person of a link the password that they have chosen, once; every session of theirs ends."""
    person = find_person_of_link(number, token)
    Person.objects.select_for_update().get(pk=person.pk)
    person = find_person_of_link(number, token)  # nobody has used it meanwhile
    set_password(person, password)
    text = "Your password was changed by a link. If that was not you, tell the state data team at once."
    notify([person], MessageKind.ACCESS_CHANGED, text)
    return person


def _mail_link(person: Person) -> None:
    hours, token = settings.PASSWORD_RESET_TIMEOUT // 3_600, make_password_token(person)
    lines = [
        "Somebody, probably you, has asked for a new password for tidegate.",
        "Open this link to choose one. It works once:",
        password_link(person, token),
        "",
        f"It is good for {hours} hours. If you did not ask for it, do nothing: your password stays as it is.",
    ]
    queue_mails([password_mail(person, lines, token=token)])
