"""Searches the audit log: the newest first, from one event on, so that a log of millions is read page by page."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from tidegate.audit.models import Event


@dataclass(frozen=True)
class EventFilter:
    """What is asked for; whatever is None or blank is not asked."""

    person: str = ""
    organization_id: int | None = None
    act: str = ""
    upload_id: int | None = None
    student_id: str = ""
    address: str = ""
    request_id: str = ""
    first_day: date | None = None
    last_day: date | None = None


def search_events(wanted: EventFilter) -> "QuerySet[Event]":
    """Return the events that fit, the newest first. Days are those of the server's time zone, both included."""
    asked = {
        "person_email": wanted.person.strip().lower(),  # as it is stored
        "organization_id": wanted.organization_id,
        "act": wanted.act,
        "address": wanted.address,
        "request_id": wanted.request_id,
        "at__gte": wanted.first_day and _midnight(wanted.first_day),
        "at__lt": wanted.last_day and _midnight(wanted.last_day, next_day=True),
    }
    events = Event.objects.order_by("-at", "-id")
    events = events.filter(**{name: value for name, value in asked.items() if value not in (None, "")})
    if wanted.upload_id is not None:
        events = events.filter(subject_kind="upload", subject_id=str(wanted.upload_id))
    if wanted.student_id:
        events = events.filter(pk__in=_showed(wanted.student_id))
    return events


def older_than(event: Event, events: "QuerySet[Event]") -> "QuerySet[Event]":
    """Return those of `events` that come after this one in the log's order."""
    return events.filter(Q(at__lt=event.at) | Q(pk__lt=event.pk), at__lte=event.at)


def known_acts() -> list[str]:
    """Return every act in the log, in order. The index is walked from act to act, not event by
    event."""
    walk = """
        WITH RECURSIVE known AS (
            (SELECT act FROM audit_event ORDER BY act LIMIT 1)
            UNION ALL
            SELECT (SELECT act FROM audit_event WHERE act > known.act ORDER BY act LIMIT 1)
            FROM known WHERE act IS NOT NULL
        )
        SELECT act FROM known WHERE act IS NOT NULL
    """
    with connection.cursor() as cursor:
        cursor.execute(walk)
        return [act for (act,) in cursor.fetchall()]


def _showed(student_id: str) -> list[int]:
    """Return the events that showed the student, alone or in a list. They are asked for first and by their own indexes:
    in one question with the order of time, the database would walk through the whole log."""
    alone = Q(subject_kind="student", subject_id=student_id)
    in_a_list = Q(details__contains={"students": [student_id]})
    return list(Event.objects.filter(alone | in_a_list).order_by().values_list("pk", flat=True))


def _midnight(day: date, *, next_day: bool = False) -> datetime:
    within = min(max(day, date(1970, 1, 1)), date(2200, 1, 1))  # the calendar's ends have no time in every zone
    return timezone.make_aware(datetime.combine(within + timedelta(days=next_day), time.min))
