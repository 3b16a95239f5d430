"""Sends one mail: when the server does not take it, again and again for days; when it never will, no more."""

from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from tidegate.accounts.encryption import OtherKey
from tidegate.inbox.compose import as_email
from tidegate.inbox.expiry import why_not_wanted
from tidegate.inbox.mail_server import is_mail_on, open_connection
from tidegate.inbox.models import Mail

_MINUTE, _HOUR = 60, 3_600
PAUSES = (_MINUTE, 5 * _MINUTE, 15 * _MINUTE, *(n * _HOUR for n in (1, 2, 4, 8, 12, 24, 24, 24)))
"""How long it waits after each try, in seconds: four days together, so that a server may be away over a weekend."""
_PERMANENT = range(500, 600)
_NOT_REACHED = "The mail server was not reached"


class NotTaken(Exception):
    """The server has not taken the mail yet; the queue tries again after `pause_seconds`."""

    def __init__(self, pause_seconds: int) -> None:
        super().__init__(f"again in {pause_seconds} s")
        self.pause_seconds = pause_seconds


class _NeverTaken(Exception):
    """Nobody will take this mail at any time: the server says so, or there is none any more."""


def deliver(mail_id: int) -> None:
    """Send a mail. One that was sent, or given up, is left alone; one that nobody wants any more is withdrawn.

    Raises NotTaken where it is to be tried again. It is noted as sent after the server has taken it: where that is cut
    off in between it goes out once more, with the same Message-ID.
    """
    waiting = Mail.objects.filter(pk=mail_id, sent_at=None, given_up_at=None, withdrawn_at=None)
    mail = waiting.select_related("person", "invitation__organization", "invitation__invited_by").first()
    if mail is None:
        return
    if why := why_not_wanted(mail):
        mail.last_answer = why[:300]
        _note(mail, is_withdrawn=True)
        return
    try:
        answer, is_given_up = _hand_over(mail), False
    except _NeverTaken as error:
        answer, is_given_up = str(error), True
    mail.try_count += 1
    mail.last_answer = answer[:300]
    _note(mail, is_given_up=is_given_up or (bool(answer) and mail.try_count > len(PAUSES)))
    if not mail.is_over:
        raise NotTaken(PAUSES[mail.try_count - 1])


def _hand_over(mail: Mail) -> str:
    """Return what the server has answered where it does not take the mail now; blank where it has taken it."""
    if not is_mail_on():
        raise _NeverTaken("This site sends no mails any more")
    try:
        email = as_email(mail)
    except OtherKey:
        raise _NeverTaken("Its text cannot be read any more: TIDEGATE_SECRET_KEY has changed") from None
    try:
        _send(email)
    except SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        return _refused(code, answer)
    except SMTPDataError as error:
        return _refused(error.smtp_code, error.smtp_error)
    except SMTPResponseException as error:  # the sender or the password is refused: the operator can mend that
        return _in_words(error.smtp_code, error.smtp_error)
    except (SMTPException, OSError) as error:
        return f"{_NOT_REACHED}: {type(error).__name__}"
    return ""


def _send(email: EmailMessage) -> None:
    with open_connection() as connection:
        connection.send_messages([email])


def _refused(code: int, answer: bytes | str) -> str:
    text = _in_words(code, answer)
    if code in _PERMANENT:
        raise _NeverTaken(text)
    return text


def _in_words(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {''.join(letter for letter in text if letter.isprintable())}"


@transaction.atomic
def _note(mail: Mail, *, is_given_up: bool = False, is_withdrawn: bool = False) -> None:
    now = timezone.now()
    mail.sent_at = None if mail.last_answer else now
    mail.given_up_at = now if is_given_up else None
    mail.withdrawn_at = now if is_withdrawn else None
    if mail.is_over:
        mail.text = mail.token = ""
    mail.save(update_fields=["try_count", "last_answer", "sent_at", "given_up_at", "withdrawn_at", "text", "token"])
