"""Tells people something: a message in the inbox, and a mail as each of them wants it. It is part of the act that it
tells of, in the same transaction: both are there, or neither."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.inbox.compose import mail_of, queue_mails
from tidegate.inbox.kinds import Kind
from tidegate.inbox.mail_server import is_mail_on
from tidegate.inbox.models import HowOften, MailChoice, Message
from tidegate.reference.models import Organization

MOST_MAILS_AN_HOUR = 20
"""Of one kind and to one person; what comes beyond waits for the daily mail. A program may send files all night."""
_ROWS_AT_ONCE = 1_000


@transaction.atomic
def tell(
    people: Iterable[Person], kind: Kind, text: str, *, link: str = "", organization: Organization | None = None
) -> None:
    """Tell people something, by the same few statements however many they are; nobody twice.

    Args:
        people: Whom to tell. Those whose access has ended are left out.
        kind: What kind of message it is.
        text: One or two sentences, without anything about a student and without the name of a file.
        link: The path of the page that it is about.
        organization: The organization that it is about.
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
    stored = Message.objects.bulk_create(messages, batch_size=_ROWS_AT_ONCE)
    if is_mail_on():
        queue_mails(mail_of(each, to=each.person.email) for each in stored if each.how_often == HowOften.AT_ONCE)


def _chosen(told: dict[int, Person], kind: Kind) -> dict[int, str]:
    """Return how often the people want this kind, where that is not at once; or have had too much of it by now."""
    since = timezone.now() - timedelta(hours=1)
    lately = Message.objects.filter(person__in=told, kind=kind, how_often=HowOften.AT_ONCE, created_at__gt=since)
    counted = lately.order_by().values_list("person_id").annotate(number=Count("pk"))
    much = {pk: str(HowOften.DAILY) for pk, number in counted if number >= MOST_MAILS_AN_HOUR}
    return much | dict(MailChoice.objects.filter(person__in=told, kind=kind).values_list("person_id", "how_often"))
