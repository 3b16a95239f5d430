"""Recomputes the chain of the audit log and says what was changed, removed or put in. Reads the log slice by slice."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from tidegate.audit.canonical import BEFORE_THE_FIRST, COLUMNS, DIGEST_BYTES, event_digest
from tidegate.audit.models import Event, Seal, Unsealed
from tidegate.audit.seal_events import find_late_events, sha256_of, values_of

MAX_NAMED_ERRORS = 20
_EVENTS_PER_SLICE = 2_000
_SEALS_PER_FETCH = 10
_BY_SORTING = "SET LOCAL enable_hashagg = off"  # a sort goes to the disk where it is large, a hash table may not
_IN_NO_SEAL = """
    SELECT id FROM audit_event EXCEPT (
        SELECT event_id FROM audit_unsealed UNION ALL
        SELECT jsonb_array_elements_text(event_ids)::bigint FROM audit_seal WHERE jsonb_typeof(event_ids) = 'array'
    ) ORDER BY id
"""


@dataclass
class Verification:
    """What was found. `errors` are the first sentences, `error_count` is how many there are."""

    seal_count: int = 0
    event_count: int = 0
    last_sha256: str = BEFORE_THE_FIRST
    unsealed_count: int = 0
    unsealed_since: datetime | None = None
    errors: list[str] = field(default_factory=list)
    error_count: int = 0

    def add(self, sentence: str) -> None:
        """Note an error."""
        self.error_count += 1
        if len(self.errors) < MAX_NAMED_ERRORS:
            self.errors.append(sentence)


def verify(
    heads: Mapping[int, list[tuple[str, str]]], *, look: Callable[[Verification], None] = lambda _: None
) -> Verification:
    """Return what becomes of the chain when it is made again from the events, at one moment of the
    database.

    `heads` are name and hash of the known heads by the number of their seal. `look` is called from
    time to time with how far it is.
    """
    found = Verification()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        last = _walk(found, heads, look)
        for number, of_seal in sorted(heads.items()):
            if number > found.seal_count:
                for name, _ in of_seal:
                    found.add(f"{name} does not fit: it knows seal {number}, and the log ends with {found.seal_count}")
        _look_at_unsealed(found, last)
        _look_for_strays(found)
    return found


def _walk(
    found: Verification, heads: Mapping[int, list[tuple[str, str]]], look: Callable[[Verification], None]
) -> Seal | None:
    last: Seal | None = None
    for seal in Seal.objects.order_by("number").iterator(chunk_size=_SEALS_PER_FETCH):
        missing = range(found.seal_count + 1, seal.number)
        if missing:
            found.add(f"Seal {missing[0]} was removed" + (f", and all to {missing[-1]}" if len(missing) > 1 else ""))
        elif not _is_whole(seal) or sha256_of(seal, found.last_sha256) != seal.sha256:
            found.add(f"Seal {seal.number} was changed, or does not follow the one before")
        for name, sha256 in heads.get(seal.number, []):
            if sha256 != seal.sha256:
                found.add(f"{name} does not fit: it has another hash for seal {seal.number}")
        found.seal_count, found.last_sha256, last = seal.number, seal.sha256, seal
        if _is_whole(seal):
            for sentence in _compare(seal):
                found.add(sentence)
            found.event_count += len(seal.event_ids)
        look(found)
    return last


def _is_whole(seal: Seal) -> bool:
    """Whether the seal can be read at all: it may have been changed."""
    ids = seal.event_ids
    are_ids = isinstance(ids, list) and all(isinstance(each, int) for each in ids) and isinstance(seal.late_ids, list)
    return are_ids and seal.form in COLUMNS and len(seal.digests) == DIGEST_BYTES * len(ids)


def _compare(seal: Seal) -> Iterator[str]:
    """Yield what is wrong with the events of the seal."""
    events = values_of(seal.event_ids, seal.form)
    digests = bytes(seal.digests)
    for position, event_id in enumerate(seal.event_ids):
        digest = digests[position * DIGEST_BYTES : (position + 1) * DIGEST_BYTES]
        if event_id not in events:
            yield f"Event {event_id} was removed"
        elif event_digest(events[event_id], seal.form) != digest:
            yield f"Event {event_id} was changed"
        elif event_id in seal.late_ids:
            yield _put_in(event_id, events[event_id][1], f"came after {_time(seal.at)} at the earliest by its seal")


def _look_at_unsealed(found: Verification, last: Seal | None) -> None:
    """Count the events that wait for their seal, and look for those among them that came too late."""
    after = 0
    while waiting := dict(_waiting_after(after)):
        times = dict(Event.objects.filter(pk__in=list(waiting)).values_list("pk", "at"))
        for event_id in waiting.keys() - times.keys():
            found.add(f"Event {event_id} was removed")
        for event_id in find_late_events(waiting, times, last):
            found.add(_put_in(event_id, times[event_id], "came after the last seal"))
        found.unsealed_count += len(times)
        found.unsealed_since = min([*times.values(), *filter(None, [found.unsealed_since])], default=None)
        after = max(waiting)


def _waiting_after(event_id: int) -> Iterator[tuple[int, int]]:
    rows = Unsealed.objects.filter(event_id__gt=event_id).order_by("event_id")
    yield from rows.values_list("event_id", "transaction_id")[:_EVENTS_PER_SLICE]


def _look_for_strays(found: Verification) -> None:
    """Look for events that no seal knows and that do not wait for one: they came past the trigger."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_SORTING)
        cursor.execute(f"SELECT count(*), (array_agg(id ORDER BY id))[1:{MAX_NAMED_ERRORS}] FROM ({_IN_NO_SEAL}) stray")
        count, first = cursor.fetchone()
    for event_id in first or []:
        found.add(f"Event {event_id} was put in: no seal has it, and it does not wait for one")
    found.error_count += count - len(first or [])


def _put_in(event_id: int, at: datetime, instead: str) -> str:
    return f"Event {event_id} was put in: it says that it is of {_time(at)}, and {instead}"


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")
