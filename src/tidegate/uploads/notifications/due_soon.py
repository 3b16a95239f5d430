"""Tells people that a file of their office is due in a few days, or its window closes, where nothing was loaded yet."""

from collections.abc import Iterator
from datetime import date

from django.utils import timezone

from tidegate.accounts.models import Membership, Person
from tidegate.accounts.roles import ROLES, Permission
from tidegate.file_types import find_all
from tidegate.inbox.kinds import Kind
from tidegate.inbox.models import Message
from tidegate.inbox.tell import tell
from tidegate.records.stored_lines import lines_of
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.models import State, Upload
from tidegate.windows.collection import Collection, CollectionState, Windows
from tidegate.windows.say_when import say_when

DAYS_BEFORE = 3
_LINK = "/state-reporting-status/"


def tell_due_soon(today: date | None = None) -> int:
    """Tell the people of each office that has loaded nothing of a file type, once before the due day and once before
    the closing day, and return how many offices were told. A morning that was missed is made up for the next one."""
    today = today or timezone.localdate()
    offices = _offices()
    count = 0
    for school_year in SchoolYear.objects.filter(closed_at=None).order_by("first"):
        windows = Windows.of(school_year)
        if not (windows.windows and offices):
            continue
        loaded = _loaded(school_year)
        for organization, people in offices.items():
            for found in _near(windows, organization, today):
                if (organization.pk, found.file_type) not in loaded:
                    count += _tell(found, organization, people, today)
    return count


def _near(windows: Windows, organization: Organization, today: date) -> Iterator[Collection]:
    """Yield what an organization has to send within a few days; file types that leave no lines on file are for when
    they are needed."""
    for slug, file_type in find_all().items():
        found = windows.find(slug, organization)
        day = _next_day(found, today)
        if day and 0 <= (day - today).days <= DAYS_BEFORE and lines_of(file_type) is not None:
            yield found


def _next_day(found: Collection, today: date) -> date | None:
    """Return the day that comes next: the due day, then the closing day, then the last day of an allowance."""
    if found.window is None:
        return None
    days = {CollectionState.OPEN: found.window.due, CollectionState.OVERDUE: found.window.closes}
    if found.allowance:
        days[CollectionState.LATE_ALLOWED] = found.allowance.until
    return days.get(found.state_on(today))


def _tell(found: Collection, organization: Organization, people: list[Person], today: date) -> bool:
    """Tell the people of an office, if they were not told the same before; return whether they were told now."""
    name = find_all()[found.file_type].name
    text = (
        f"{name} for {found.school_year.name}: {say_when(found, day=today)} Nothing was loaded from your office yet. "
        "If it has nothing to report, say so in the Upload File box."
    )
    if Message.objects.filter(person__in=people, kind=Kind.DUE_SOON, organization=organization, text=text).exists():
        return False
    tell(people, Kind.DUE_SOON, text, link=_LINK, organization=organization)
    return True


def _offices() -> dict[Organization, list[Person]]:
    """Return the organizations at which somebody may send files, with these people."""
    slugs = [slug for slug, role in ROLES.items() if Permission.SEND_UPLOADS in role.permissions]
    held = Membership.objects.filter(role__in=slugs, person__is_active=True).exclude(organization=None)
    offices: dict[Organization, list[Person]] = {}
    for each in held.select_related("person", "organization").order_by("organization_id", "person_id"):
        if each.organization is not None:
            offices.setdefault(each.organization, []).append(each.person)
    return offices


def _loaded(school_year: SchoolYear) -> set[tuple[int, str]]:
    """Return which organizations have loaded a file of which type, or have said that there is nothing to report."""
    done = Upload.objects.filter(school_year=school_year, state=State.FINISHED, check_only=False)
    return set(done.order_by().values_list("organization_id", "file_type").distinct())
