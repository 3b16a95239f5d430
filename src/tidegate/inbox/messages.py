"""What a person does with the inbox: reads, marks as read, and chooses what comes by mail."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.accounts.reach import no_such
from tidegate.audit.record import record_event
from tidegate.inbox.kinds import MessageKind
from tidegate.inbox.models import HowOften, Mail, MailChoice, Message


def messages_of(person: Person) -> "QuerySet[Message]":
    """Return the person's messages; `is_unread` is true for the new ones."""
    is_unread = ExpressionWrapper(Q(read_at=None), output_field=BooleanField())
    return Message.objects.filter(person=person).select_related("organization").annotate(is_unread=is_unread)


def unread_count(person: Person) -> int:
    """Return how many messages the person has not read yet."""
    with connection.cursor() as cursor:  # every page asks, and the ORM takes three times as long to write it
        cursor.execute("SELECT count(*) FROM inbox_message WHERE person_id = %s AND read_at IS NULL", [person.pk])
        ((found,),) = cursor.fetchall()
    return int(found)


def open_message(person: Person, message_id: int) -> Message:
    """Mark a message of the person as read, and return it; NotFound where it is not theirs."""
    message = Message.objects.filter(pk=message_id, person=person).first()
    if message is None:
        raise no_such("message")
    Message.objects.filter(pk=message.pk, read_at=None).update(read_at=timezone.now())
    return message


def mark_all_read(person: Person) -> int:
    """Mark all messages of the person as read, and return how many those are."""
    return Message.objects.filter(person=person, read_at=None).update(read_at=timezone.now())


def choices_of(person: Person) -> dict[MessageKind, HowOften]:
    """Return how often the person wants each kind by mail."""
    chosen = dict(MailChoice.objects.filter(person=person).values_list("kind", "how_often"))
    return {kind: HowOften(chosen.get(kind, HowOften.AT_ONCE)) for kind in MessageKind}


@transaction.atomic
def choose(person: Person, choices: Mapping[MessageKind, HowOften]) -> None:
    """Save how often the person wants each kind by mail."""
    before = choices_of(person)
    changed = {kind: how for kind, how in choices.items() if before[kind] != how}
    for kind, how_often in changed.items():
        MailChoice.objects.update_or_create(person=person, kind=kind, defaults={"how_often": how_often})
    never = [kind for kind, how_often in changed.items() if how_often == HowOften.NEVER]
    Message.objects.filter(person=person, kind__in=never, waits_for_digest=True).update(waits_for_digest=False)
    if changed:
        named = {str(kind): str(how) for kind, how in changed.items()}
        record_event("person.notifications_chosen", by=person, subject=person, chosen=named)


def delete_old(*, before: datetime) -> None:
    """Delete messages and mails that are older than the state keeps its logs."""
    Message.objects.filter(created_at__lt=before).delete()
    is_over = Q(sent_at__isnull=False) | Q(given_up_at__isnull=False) | Q(withdrawn_at__isnull=False)
    Mail.objects.filter(is_over, created_at__lt=before).delete()
