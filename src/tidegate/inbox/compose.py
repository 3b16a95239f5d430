"""Composes mails: subject and text, links that lead back here, and a Message-ID that stays."""

from collections.abc import Iterable, Sequence
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

from tidegate.accounts.encryption import decrypt, encrypt
from tidegate.inbox.models import Mail, Message
from tidegate.inbox.queue import enqueue_mails

NOTIFICATIONS = "/notifications/"
_PURPOSE = "mail"
_ROWS_AT_ONCE = 1_000
_MOST_IN_A_DIGEST = 50
_FOOT = "Please do not answer this mail: nobody reads the answers."


def site_address(path: str = "") -> str:
    """Return the address of a page of this site, as a mail needs it."""
    return f"{settings.TIDEGATE_SITE_URL.rstrip('/')}{path}"


def mail_of(message: Message, *, to: str) -> Mail:
    """Return the mail that brings one message at once, not stored."""
    lines = [message.text, "", *_link(message), "", _why_it_comes()]
    return _mail(to, f"{message.title}{_of(message)}", lines)


def digest_of(messages: Sequence[Message], *, to: str) -> Mail:
    """Return the mail that brings the messages of a day, not stored; the first ones, where there are very many."""
    lines: list[str] = []
    for message in messages[:_MOST_IN_A_DIGEST]:
        lines += [f"{message.title}{_of(message)}", message.text, *_link(message), ""]
    if more := len(messages) - _MOST_IN_A_DIGEST:
        lines += [f"And {more} more: {site_address('/inbox/')}", ""] if more > 0 else []
    one = len(messages) == 1
    return _mail(to, f"{len(messages)} new message{'' if one else 's'}", [*lines, _why_it_comes()])


def secret_mail(*, to: str, subject: str, lines: Iterable[str]) -> Mail:
    """Return a mail whose text has a secret link, not stored: in the database its text is encrypted."""
    mail = _mail(to, subject, [*lines, ""])
    mail.text, mail.is_sealed = encrypt(mail.text, purpose=_PURPOSE), True
    return mail


def queue_mails(mails: Iterable[Mail]) -> None:
    """Store mails and queue them, in the caller's transaction."""
    stored = Mail.objects.bulk_create(mails, batch_size=_ROWS_AT_ONCE)
    enqueue_mails(mail.pk for mail in stored)


def as_email(mail: Mail) -> EmailMessage:
    """Return what is sent. Raises OtherKey where its text was encrypted with another key."""
    text = decrypt(mail.text, purpose=_PURPOSE) if mail.is_sealed else mail.text
    # RFC 3834: programs that answer mails by themselves, such as for a vacation, answer none of these.
    headers = {"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"}
    return EmailMessage(mail.subject, text, settings.TIDEGATE_MAIL_FROM, [mail.to], headers=headers)


def _mail(to: str, subject: str, lines: list[str]) -> Mail:
    host = urlsplit(settings.TIDEGATE_SITE_URL).hostname or "localhost"
    subject = " ".join(f"tidegate: {subject}".split())[:200]
    return Mail(message_id=make_msgid(domain=host), to=to, subject=subject, text="\n".join([*lines, _FOOT, ""]))


def _of(message: Message) -> str:
    return f", {message.organization.name}" if message.organization else ""


def _link(message: Message) -> list[str]:
    return [site_address(message.link)] if message.link else []


def _why_it_comes() -> str:
    return f"What is mailed to you, and how often, you choose here: {site_address(NOTIFICATIONS)}"
