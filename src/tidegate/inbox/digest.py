"""The daily mail: what has come since the last one, for people who want it once a day."""

from collections.abc import Iterator
from itertools import groupby

from django.db import transaction

from tidegate.inbox.compose import digest_of, queue_mails
from tidegate.inbox.mail_server import is_mail_on
from tidegate.inbox.models import Mail, Message

_PEOPLE_AT_ONCE = 500


def send_digests() -> int:
    """Queue a mail to each person for whom messages wait, and return how many mails these are. What somebody has read
    in the inbox meanwhile is in none."""
    count = 0
    while people := _next_people():
        count += _send_to(people)
    return count


def _next_people() -> list[int]:
    waiting = Message.objects.filter(waits_for_digest=True).order_by("person_id")
    return list(waiting.values_list("person_id", flat=True).distinct()[:_PEOPLE_AT_ONCE])


@transaction.atomic
def _send_to(people: list[int]) -> int:
    waiting = Message.objects.filter(waits_for_digest=True, person__in=people).select_for_update(of=("self",))
    found = list(waiting.select_related("person", "organization").order_by("person_id", "pk"))
    Message.objects.filter(pk__in=[message.pk for message in found]).update(waits_for_digest=False)
    mails = list(_mails(found)) if is_mail_on() else []
    queue_mails(mails)
    return len(mails)


def _mails(found: list[Message]) -> Iterator[Mail]:
    unread = (message for message in found if message.read_at is None and message.person.is_active)
    for person, messages in groupby(unread, key=lambda message: message.person):
        yield digest_of(list(messages), to=person.email)
