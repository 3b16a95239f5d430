"""Composes mails: subject and text, links that lead back here, and a Message-ID that stays."""

from collections.abc import Iterable, Sequence
from email.utils import make_msgid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

from tidegate.accounts.encryption import decrypt, encrypt
from tidegate.accounts.models import Invitation, Person
from tidegate.inbox.models import Mail, Message
from tidegate.inbox.queue import enqueue_mails

NOTIFICATIONS = "/notifications/"
_PURPOSE, _TOKEN = "mail", "token of a mail"
_ROWS_AT_ONCE = 1_000
_MAX_IN_A_DIGEST = 50
_FOOT = "Please do not answer this mail: nobody reads the answers."


def site_address(path: str = "") -> str:
    """Return the address of a page of this site, as a mail needs it."""
    return f"{settings.TIDEGATE_SITE_URL.rstrip('/')}{path}"


def mail_of(message: Message) -> Mail:
    """Return the mail that brings one message at once, not stored."""
    lines = [message.text, "", *([*_link(message), ""] if message.link else []), _why_it_comes()]
    return _mail(message.person.email, f"{message.title}{_of(message)}", lines, person=message.person)


def digest_of(messages: Sequence[Message], person: Person) -> Mail:
    """Return the mail that brings the messages of a day, not stored; the first ones, where there are very many."""
    lines: list[str] = []
    for message in messages[:_MAX_IN_A_DIGEST]:
        lines += [f"{message.title}{_of(message)}", message.text, *_link(message), ""]
    if more := len(messages) - _MAX_IN_A_DIGEST:
        lines += [f"And {more} more: {site_address('/inbox/')}", ""] if more > 0 else []
    one = len(messages) == 1
    subject = f"{len(messages)} new message{'' if one else 's'}"
    return _mail(person.email, subject, [*lines, _why_it_comes()], person=person)


def invitation_mail(invitation: Invitation, lines: Iterable[str]) -> Mail:
    """Return the mail that brings the link of an invitation, not stored: in the database its text is encrypted."""
    return _sealed(_mail(invitation.email, "Your invitation", [*lines, ""], invitation=invitation))


def password_mail(person: Person, lines: Iterable[str], *, token: str) -> Mail:
    """Return the mail that brings a link for a new password, not stored: in the database its text is encrypted. `token`
    is the link's, by which it is known whether it is still good."""
    sealed = encrypt(token, purpose=_TOKEN)
    return _sealed(_mail(person.email, "Choose a new password", [*lines, ""], person=person, token=sealed))


def token_of(mail: Mail) -> str:
    """Return the token of the mail's link for a new password; blank where it brings none. Raises OtherKey."""
    return decrypt(mail.token, purpose=_TOKEN) if mail.token else ""


def queue_mails(mails: Iterable[Mail]) -> list[Mail]:
    """Store mails and queue them, in the caller's transaction; return them in order."""
    stored = Mail.objects.bulk_create(mails, batch_size=_ROWS_AT_ONCE)
    enqueue_mails(mail.pk for mail in stored)
    return stored


def as_email(mail: Mail) -> EmailMessage:
    """Return what is sent. Raises OtherKey where its text was encrypted with another key."""
    text = decrypt(mail.text, purpose=_PURPOSE) if mail.is_sealed else mail.text
    # RFC 3834: programs that answer mails by themselves, such as for a vacation, answer none of these.
    headers = {"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"}
    return EmailMessage(mail.subject, text, settings.TIDEGATE_MAIL_FROM, [mail.to], headers=headers)


def _sealed(mail: Mail) -> Mail:
    mail.text, mail.is_sealed = encrypt(mail.text, purpose=_PURPOSE), True
    return mail


def _mail(to: str, subject: str, lines: list[str], **whose: Any) -> Mail:
    host = urlsplit(settings.TIDEGATE_SITE_URL).hostname or "localhost"
    subject = " ".join(f"tidegate: {subject}".split())[:200]
    text = "\n".join([*lines, _FOOT, ""])
    return Mail(message_id=make_msgid(domain=host), to=to, subject=subject, text=text, **whose)


def _of(message: Message) -> str:
    return f", {message.organization.name}" if message.organization else ""


def _link(message: Message) -> list[str]:
    return [site_address(message.link)] if message.link else []


def _why_it_comes() -> str:
    return f"What is mailed to you, and how often, you choose here: {site_address(NOTIFICATIONS)}"
