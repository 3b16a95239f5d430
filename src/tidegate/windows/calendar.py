"""Due and closing days as a calendar file (RFC 5545), for the calendar that a person uses anyway."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

from tidegate.file_types import find_all
from tidegate.reference.models import Organization, SchoolYear
from tidegate.windows.collection import Collection, CollectionState, Windows

_ONE_DAY = timedelta(days=1)
_HIDDEN = (CollectionState.NOT_COLLECTED, CollectionState.YEAR_CLOSED)


def write_calendar(organizations: Iterable[Organization | None], *, site: str, address: str, today: date) -> bytes:
    """Return the days of all windows of organizations, in the school years that are not closed.

    Each day is an event of its own which takes the whole day, so that no time zone is needed. Its UID stays the same
    when the window is changed: the calendar then moves the event.

    Args:
        organizations: Whose windows; None is everybody, for people of the state.
        site: The host of this site, which makes the UIDs unique.
        address: The address of the page on which files are sent.
        today: From this day on a window that has closed is told of; those that closed a year before are not.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//tidegate//Collection windows//EN")
    calendar.add("version", "2.0")
    calendar.add("name", "State reporting")
    calendar.add("x-wr-calname", "State reporting")
    own = list(organizations)
    for school_year in SchoolYear.objects.filter(closed_at=None).order_by("first"):
        windows = Windows.of(school_year)
        for organization in own:
            for found in windows.all_types(organization):
                for event in _events(found, organization, site=site, since=today - 366 * _ONE_DAY):
                    event.add("url", address)
                    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _events(found: Collection, organization: Organization | None, *, site: str, since: date) -> Iterator[Event]:
    window = found.window
    if window is None or window.closes < since or found.state_on(window.opens) in _HIDDEN:
        return
    what = f"{find_all()[found.file_type].name} {found.school_year.name}"
    key = f"{found.file_type}-{found.school_year.name}-{organization.pk if organization else 'all'}"
    where = f" ({organization.name})" if organization else ""
    days = {"opens": (window.opens, "opens", window.set_at)}
    if window.due == window.closes:
        days["closes"] = (window.closes, "is due and closes", window.set_at)
    else:
        days["due"] = (window.due, "is due", window.set_at)
        days["closes"] = (window.closes, "closes", window.set_at)
    if found.allowance and found.allowance.until > window.closes:
        days["late"] = (found.allowance.until, "late files are allowed until today", found.allowance.allowed_at)
    for kind, (day, said, changed_at) in days.items():
        yield _event(f"{key}-{kind}@{site}", f"{what} {said}{where}", day, changed_at)


def _event(uid: str, summary: str, day: date, changed_at: datetime) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("summary", summary)
    event.add("dtstart", day)
    event.add("dtend", day + _ONE_DAY)
    event.add("transp", "TRANSPARENT")  # the day stays free for meetings
    return event
