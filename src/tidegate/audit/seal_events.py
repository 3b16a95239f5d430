"""Seals committed events: chains them by hash, in batches, so that a change of one shows.

Nothing of it is done where an event is recorded: no request waits for another. A trigger notes the
new event in `audit_unsealed`, in the event's own transaction. Every committed event is there, and
leaves it in the transaction in which it is sealed: a transaction that commits late is sealed late,
and none is missed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from tidegate.audit.canonical import BEFORE_THE_FIRST, COLUMNS, FORM, REMOVED, event_digest, seal_sha256
from tidegate.audit.models import Event, Seal, Unsealed

_EVENTS_PER_SEAL = 2_000
_LOCK_ID = 20_211_122  # any number that nothing else uses
# So long may pass from an event's time to the moment from which PostgreSQL counts its transaction
# as running.
_MAX_CLOCK_DELAY = timedelta(seconds=10)
_NOW = "SELECT clock_timestamp(), pg_snapshot_xmax(pg_current_snapshot())::text::bigint"


def seal_events(*, at_most: int | None = None) -> int:
    """Seal the committed events that have no seal yet, in batches of their own transactions; return how many they were.

    Several at once wait for each other. `at_most` ends it after that many, so that a log of years takes several runs.
    """
    count = 0
    while at_most is None or count < at_most:
        sealed = _seal_batch()
        count += sealed
        if sealed < _EVENTS_PER_SEAL:
            break
    return count


@transaction.atomic
def _seal_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK_ID])
        cursor.execute(_NOW)  # before the look at what waits: whatever is not seen there runs now, or begins later
        now, next_transaction_id = cursor.fetchone()
    waiting = dict(Unsealed.objects.order_by("event_id").values_list("event_id", "transaction_id")[:_EVENTS_PER_SEAL])
    if not waiting:
        return 0
    before = Seal.objects.order_by("-number").first()
    events = values_of(list(waiting), FORM)
    digests = [event_digest(events[each], FORM) if each in events else REMOVED for each in waiting]
    times = {event_id: values[1] for event_id, values in events.items()}
    seal = Seal(
        number=before.number + 1 if before else 1,
        at=max(now, before.at) if before else now,  # a clock that was set back
        form=FORM,
        event_ids=list(waiting),
        digests=b"".join(digests),
        late_ids=find_late_events(waiting, times, before),
        event_count=len(waiting) + (before.event_count if before else 0),
        last_id=max([*waiting, before.last_id if before else 0]),
        next_transaction_id=next_transaction_id,
    )
    seal.sha256 = sha256_of(seal, before.sha256 if before else BEFORE_THE_FIRST)
    seal.save(force_insert=True)
    Unsealed.objects.filter(pk__in=list(waiting)).delete()
    return len(waiting)


def sha256_of(seal: Seal, before: str) -> str:
    """Return what the seal's hash must be, after the hash of the seal before it."""
    names = ("number", "at", "form", "event_ids", "late_ids", "event_count", "last_id", "next_transaction_id")
    return seal_sha256(before, digests=bytes(seal.digests), **{name: getattr(seal, name) for name in names})


def find_late_events(waiting: dict[int, int], times: dict[int, datetime], before: Seal | None) -> list[int]:
    """Return those events that came too late: they say that they are older than a seal, or their IDs are, and their
    transactions had not even begun when it was made. `waiting` are transactions and `times` times, by event ID."""
    if before is None:
        return []
    earlier = Seal.objects.filter(at__lte=before.at - _MAX_CLOCK_DELAY).order_by("-number").first()
    last_id = earlier.last_id if earlier else 0
    return [
        event_id
        for event_id, transaction_id in waiting.items()
        if transaction_id >= before.next_transaction_id
        and event_id in times
        and (times[event_id] < before.at - _MAX_CLOCK_DELAY or event_id <= last_id)
    ]


def values_of(event_ids: Sequence[int], form: int) -> dict[int, tuple[Any, ...]]:
    """Return the values of the canonical text of each of these events that is there, by the
    event's ID."""
    found = Event.objects.filter(pk__in=event_ids).order_by().values_list(*COLUMNS[form])
    return {values[0]: values for values in found}
