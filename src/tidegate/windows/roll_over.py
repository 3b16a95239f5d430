"""Takes along to a school year what was set for the one before: the windows of everybody, a year later, and which file
types are collected."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_manage_reference
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict
from tidegate.file_types import find_all
from tidegate.reference.models import Code, SchoolYear
from tidegate.windows.collection import Windows
from tidegate.windows.models import NotCollected
from tidegate.windows.set_window import WindowDays, lock_windows, set_window

_FEBRUARY, _LEAP_DAY = 2, 29


class CodeChange(NamedTuple):
    """How many codes of a list ended with the school year before, and how many begin with this one."""

    list_name: str
    ended_count: int
    begun_count: int


@dataclass(frozen=True)
class RollOver:
    """What goes along from one school year to the next, and what stays.

    Attributes:
        before: The school year before.
        windows: The days of the windows of everybody that are set, by the slug of the file type.
        not_collected: The slugs of the file types that are not collected then either.
        kept: The slugs of the file types for which something was set already: that stays.
        exception_count: The windows of single organizations, which do not go along.
        code_changes: The code lists that change by themselves, since their codes say until when they are valid.
    """

    before: SchoolYear
    windows: dict[str, WindowDays]
    not_collected: Sequence[str]
    kept: Sequence[str]
    exception_count: int
    code_changes: Sequence[CodeChange]

    @property
    def is_empty(self) -> bool:
        """Whether nothing goes along."""
        return not (self.windows or self.not_collected)


def preview_roll_over(school_year: SchoolYear) -> RollOver | None:
    """Return what would go along to a school year from the one before; None where the state did not collect that."""
    before = SchoolYear.objects.filter(first=school_year.first - 1).first()
    if before is None:
        return None
    old, new = Windows.of(before), Windows.of(school_year)
    set_before = {slug for slug in find_all() if new.find(slug, None).window or slug in new.not_collected}
    there = {slug for slug in find_all() if (slug, None) in old.windows or slug in old.not_collected}
    windows = {
        slug: WindowDays(_year_later(found.opens), _year_later(found.closes), _year_later(found.due))
        for slug in find_all()
        if slug not in set_before | old.not_collected and (found := old.windows.get((slug, None)))
    }
    return RollOver(
        before,
        windows,
        sorted(old.not_collected - set_before),
        sorted(there & set_before),
        sum(organization is not None for _, organization in old.windows),
        _code_changes(before, school_year),
    )


@transaction.atomic
def roll_over(school_year: SchoolYear, *, by: Person) -> RollOver:
    """Take along what was set for the school year before, and return it. What was set already stays as it is.

    Raises Conflict where there is no school year before, or nothing goes along.
    """
    check_can_manage_reference(by)
    lock_windows(school_year)
    found = preview_roll_over(school_year)
    if found is None or found.is_empty:
        raise Conflict(
            f"Nothing is left to take along to {school_year.name}",
            fix="Set its windows one by one",
            code="NOTHING_TO_ROLL_OVER",
        )
    NotCollected.objects.bulk_create(
        NotCollected(school_year=school_year, file_type=slug, set_by=by) for slug in found.not_collected
    )
    for slug, days in found.windows.items():
        set_window(slug, school_year, days, by=by)
    record_event(
        "school_year.rolled_over",
        by=by,
        school_year=school_year,
        before=found.before.name,
        window_count=len(found.windows),
        not_collected=list(found.not_collected),
    )
    return found


def _year_later(day: date) -> date:
    is_leap_day = (day.month, day.day) == (_FEBRUARY, _LEAP_DAY)
    return day.replace(year=day.year + 1, day=day.day - is_leap_day)


def _code_changes(before: SchoolYear, school_year: SchoolYear) -> list[CodeChange]:
    changing = Code.objects.filter(Q(last_year=before.first) | Q(first_year=school_year.first)).order_by()
    rows = list(changing.values_list("list_name", "first_year", "last_year"))
    ended = Counter(name for name, _, last in rows if last == before.first)
    begun = Counter(name for name, first, _ in rows if first == school_year.first)
    return [CodeChange(name, ended[name], begun[name]) for name in sorted({*ended, *begun})]
