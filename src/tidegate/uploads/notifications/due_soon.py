"""Reminds offices of files that are due in a few days and have not been sent, or have rows to correct."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from django.utils import timezone

from tidegate.accounts.find_people import memberships_with
from tidegate.accounts.models import Membership, Person
from tidegate.accounts.roles import Permission
from tidegate.core.format_day import format_day
from tidegate.file_types import find, find_all
from tidegate.inbox.kinds import MessageKind
from tidegate.inbox.models import Message
from tidegate.inbox.notify import notify
from tidegate.reference.models import SchoolYear
from tidegate.uploads.models import LastFile, Standing
from tidegate.windows.collection import CAN_SEND, CURRENT, Collection, Windows
from tidegate.windows.models import CollectionWindow

DAYS_BEFORE = (7, 1)
"""How many days before the due day people are reminded. Where nobody worked on the day, the next one does."""
_STATUS = "/state-reporting-status/"


class _Reminder(NamedTuple):
    """One sentence, which everybody gets whom it concerns: the file type, the due day, and how near it is."""

    file_type: str
    due: date
    days: int

    def text(self, school_year: SchoolYear) -> str:
        """Return the sentence."""
        when = "a week" if self.days == 7 else "a day"
        return (
            f"{find(self.file_type).name} for {school_year.name} is due on {format_day(self.due)}, within {when}. "
            "Your office has not sent it yet, or some of its rows are to be corrected."
        )


def remind_of_due_files(today: date | None = None) -> int:
    """Tell those who send files for offices what is due soon, each of them once a week before and once a day before;
    return how many messages these are."""
    today = today or timezone.localdate()
    near = CollectionWindow.objects.filter(CURRENT, due__range=(today, today + timedelta(days=max(DAYS_BEFORE))))
    years = SchoolYear.objects.filter(closed_at=None, pk__in=near.values("school_year"))
    return sum(_remind(found, year, people) for year in years for found, people in _due(year, today))


def _remind(reminder: _Reminder, school_year: SchoolYear, people: list[Person]) -> int:
    text = reminder.text(school_year)
    told = Message.objects.filter(kind=MessageKind.DUE_SOON, text=text, person__in=people)
    before = set(told.values_list("person_id", flat=True))
    new = [person for person in people if person.pk not in before]
    notify(new, MessageKind.DUE_SOON, text, link=_STATUS)
    return len(new)


def _due(school_year: SchoolYear, today: date) -> Iterator[tuple[_Reminder, list[Person]]]:
    """Yield each reminder of a school year with the people who get it."""
    windows = Windows.of(school_year)
    done = set(
        LastFile.objects.filter(school_year=school_year, standing__in=(Standing.CLEAN, Standing.NOTHING)).values_list(
            "organization_id", "file_type"
        )
    )
    people: dict[_Reminder, dict[int, Person]] = {}
    for membership in _senders():
        assert membership.organization is not None
        if not membership.organization.is_open_in(school_year.period):
            continue
        for slug in find_all():
            if (membership.organization_id, slug) not in done:
                collection = windows.find(slug, membership.organization)
                if reminder := _reminder(slug, collection, today):
                    people.setdefault(reminder, {})[membership.person_id] = membership.person
    for reminder, found in people.items():
        yield reminder, list(found.values())


def _senders() -> Iterator[Membership]:
    held = memberships_with(Permission.SEND_UPLOADS).filter(organization__isnull=False)
    return held.select_related("person", "organization").order_by("pk").iterator(chunk_size=2_000)


def _reminder(slug: str, collection: Collection, today: date) -> _Reminder | None:
    if collection.window is None or collection.state_on(today) not in CAN_SEND:
        return None
    left = (collection.window.due - today).days
    days = min((each for each in DAYS_BEFORE if 0 <= left <= each), default=None)
    return None if days is None else _Reminder(slug, collection.window.due, days)
