"""The daily mail: what has come since the last one, for people who want it once a day."""

from itertools import groupby

from django.db import transaction

from tidegate.inbox.compose import digest_of, queue_mails
from tidegate.inbox.mail_server import is_mail_on
from tidegate.inbox.models import Message

_PEOPLE_AT_ONCE = 500
_ROWS_AT_ONCE = 1_000


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
    wanted = [each for each in found if each.read_at is None and each.person.is_active] if is_mail_on() else []
    of_people = {person: list(messages) for person, messages in groupby(wanted, key=lambda each: each.person)}
    mails = queue_mails(digest_of(messages, person) for person, messages in of_people.items())
    for mail, messages in zip(mails, of_people.values(), strict=True):
        for message in messages:
            message.mail = mail
    for message in found:
        message.waits_for_digest = False
    Message.objects.bulk_update(found, ["waits_for_digest", "mail"], batch_size=_ROWS_AT_ONCE)
    return len(mails)
