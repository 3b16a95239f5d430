"""Tells people something: a message in the inbox, and a mail as each of them wants it. It is part of the act that it
tells of, in the same transaction: both are there, or neither."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.inbox.compose import mail_of, queue_mails
from tidegate.inbox.kinds import MessageKind
from tidegate.inbox.mail_server import is_mail_on
from tidegate.inbox.models import HowOften, MailChoice, Message
from tidegate.reference.models import Organization

MAX_MAILS_AN_HOUR = 20
"""Of one kind and to one person; what comes beyond waits for the daily mail. A program may send files all night."""
_ROWS_AT_ONCE = 1_000


@transaction.atomic
def notify(
    people: Iterable[Person],
    kind: MessageKind,
    text: str,
    *,
    link: str = "",
    organization: Organization | None = None,
    ends_access: bool = False,
) -> None:
    """Tell people something, by the same few statements however many they are; nobody twice.

    Args:
        people: Whom to tell. Those whose access has ended are left out.
        kind: What kind of message it is.
        text: One or two sentences, without anything about a student and without the name of a file.
        link: The path of the page that it is about.
        organization: The organization that it is about.
        ends_access: Whether the access of these people ends with what it tells of: then the mail is for people without.
    """
    told = {person.pk: person for person in people if person.is_active}
    if not told:
        return
    chosen = _chosen(told, kind)
    messages = [
        Message(
            person=person,
            kind=kind,
            organization=organization,
            text=text,
            link=link,
            how_often=chosen.get(pk, HowOften.AT_ONCE),
            waits_for_digest=is_mail_on() and chosen.get(pk) == HowOften.DAILY,
        )
        for pk, person in told.items()
    ]
    if is_mail_on():
        _mail_at_once([each for each in messages if each.how_often == HowOften.AT_ONCE], is_for_ended=ends_access)
    Message.objects.bulk_create(messages, batch_size=_ROWS_AT_ONCE)


def mark_settled(kind: MessageKind, *, link: str, since: datetime) -> None:
    """Mark the messages that ask somebody for something as read, since somebody has done it: nobody is told of it by
    mail any more.

    Args:
        kind: Their kind.
        link: The path of the page that they are about.
        since: When it began; messages from before are about something else.
    """
    since -= timedelta(days=1)  # the clocks of the database and of this machine may differ
    asking = Message.objects.filter(kind=kind, link=link, created_at__gte=since, read_at=None)
    asking.update(read_at=timezone.now(), waits_for_digest=False)


def _mail_at_once(messages: list[Message], *, is_for_ended: bool) -> None:
    mails = [mail_of(each) for each in messages]
    for mail in mails:
        mail.is_for_ended = is_for_ended
    for message, mail in zip(messages, queue_mails(mails), strict=True):
        message.mail = mail


def _chosen(told: dict[int, Person], kind: MessageKind) -> dict[int, str]:
    """Return how often the people want this kind, where that is not at once; or have had too much of it by now."""
    since = timezone.now() - timedelta(hours=1)
    lately = Message.objects.filter(person__in=told, kind=kind, how_often=HowOften.AT_ONCE, created_at__gt=since)
    counted = lately.order_by().values_list("person_id").annotate(number=Count("pk"))
    much = {pk: str(HowOften.DAILY) for pk, number in counted if number >= MAX_MAILS_AN_HOUR}
    return much | dict(MailChoice.objects.filter(person__in=told, kind=kind).values_list("person_id", "how_often"))
