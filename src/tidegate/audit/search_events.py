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
    first_day: date | None = None
    last_day: date | None = None


def search_events(wanted: EventFilter) -> "QuerySet[Event]":
    """Return the events that fit, the newest first. Days are those of the server's time zone, both included."""
    events = Event.objects.order_by("-at", "-id")
    if wanted.person:
        events = events.filter(person_email=wanted.person.strip().lower())  # as it is stored
    if wanted.organization_id is not None:
        events = events.filter(organization_id=wanted.organization_id)
    if wanted.act:
        events = events.filter(act=wanted.act)
    if wanted.upload_id is not None:
        events = events.filter(subject_kind="upload", subject_id=str(wanted.upload_id))
    if wanted.first_day:
        events = events.filter(at__gte=_midnight(wanted.first_day))
    if wanted.last_day:
        events = events.filter(at__lt=_midnight(wanted.last_day + timedelta(days=1)))
    return events


def older_than(event: Event, events: "QuerySet[Event]") -> "QuerySet[Event]":
    """Return those of `events` that stand after this one in the log's order."""
    return events.filter(Q(at__lt=event.at) | Q(pk__lt=event.pk), at__lte=event.at)


def known_acts() -> list[str]:
    """Return every act that stands in the log, in order. The index is walked from act to act, not event by event."""
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


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
