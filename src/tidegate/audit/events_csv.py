"""The audit log as CSV, in pieces."""

import json
from collections.abc import Callable, Iterator

from django.db.models import QuerySet

from tidegate.audit.models import Event
from tidegate.audit.search_events import older_than
from tidegate.core.outputs.spreadsheet import csv_lines

HEADER = (
    "At", "Act", "Person", "Organization ID", "School year", "Subject", "Subject ID", "Details", "Address",
    "User agent", "Request ID",
)  # fmt: skip
_EVENTS_PER_SLICE = 2_000


ShownId = Callable[[int | None], int | str | None]
"""Returns the ID of an organization as people write it, by the integer that an event has."""


def events_csv(events: "QuerySet[Event]", organization_id: ShownId = lambda key: key) -> Iterator[bytes]:
    """Yield the events as UTF-8, in their order, read as they are needed; times are in UTC."""
    yield csv_lines([HEADER])
    last: Event | None = None
    while True:
        part = list((older_than(last, events) if last else events)[:_EVENTS_PER_SLICE])
        if not part:
            return
        last = part[-1]
        yield csv_lines(_line(event, organization_id) for event in part)


def _line(event: Event, organization_id: ShownId) -> tuple[object, ...]:
    details = json.dumps(event.details, ensure_ascii=False) if event.details else ""
    texts = (event.act, event.person_email, organization_id(event.organization_id), event.school_year)
    about = (event.subject_kind, event.subject_id, details)
    origin = (event.address, event.user_agent, event.request_id)
    return (event.at.isoformat(timespec="milliseconds"), *texts, *about, *origin)
