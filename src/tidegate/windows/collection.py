"""How a file type is collected from an organization in a school year: its window, what is allowed late, and what a day
is in it."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q, QuerySet, Value

from tidegate.file_types import find_all
from tidegate.reference.models import Organization, SchoolYear
from tidegate.windows.models import CollectionWindow, LateAllowance, NotCollected, WindowState

CURRENT = Q(ended_at=None)
_OF_WINDOW = ("id", "file_type", "organization_id", "opens", "due", "closes", "set_at")
_WINDOW, _ALLOWANCE, _NOT_COLLECTED = "window", "allowance", "not_collected"
_OF_ALLOWANCE = ("id", "file_type", "organization_id", "until", "allowed_at")


class CollectionState(models.TextChoices):
    """Whether files of a type can be loaded on a day, and if not, why."""

    NOT_COLLECTED = "not_collected", "Not collected"
    YEAR_CLOSED = "year_closed", "School year closed"
    NOT_OPEN = "not_open", "Not open yet"
    OPEN = "open", "Open"
    OVERDUE = "overdue", "Past due"
    LATE_ALLOWED = "late_allowed", "Late files allowed"
    CLOSED = "closed", "Closed"


CAN_SEND = frozenset({CollectionState.OPEN, CollectionState.OVERDUE, CollectionState.LATE_ALLOWED})
"""The states in which a file is loaded. A check is possible in all."""


@dataclass(frozen=True)
class Collection:
    """How a file type is collected from an organization in a school year.

    Attributes:
        file_type: The slug of the file type.
        school_year: The school year.
        window: The window that counts; None is always open.
        allowance: What is allowed late, today or before; None is nothing.
        is_collected: Whether the state collects the file type for the school year.
    """

    file_type: str
    school_year: SchoolYear
    window: CollectionWindow | None = None
    allowance: LateAllowance | None = None
    is_collected: bool = True

    def state_on(self, day: date) -> CollectionState:
        """Return whether files can be loaded that are received on a day, and if not, why."""
        if not self.is_collected:
            return CollectionState.NOT_COLLECTED
        if self.school_year.closed_at:
            return CollectionState.YEAR_CLOSED
        found = self.window.state_on(day) if self.window else WindowState.OPEN
        if found == WindowState.CLOSED and self.allowance and day <= self.allowance.until:
            return CollectionState.LATE_ALLOWED
        return CollectionState(found)


@dataclass(frozen=True)
class Windows:
    """The windows of a school year, read at once: of everybody, or as far as they concern one organization."""

    school_year: SchoolYear
    windows: dict[tuple[str, int | None], CollectionWindow]
    allowances: dict[tuple[str, int], LateAllowance]
    not_collected: set[str]

    @classmethod
    def of(cls, school_year: SchoolYear, organization: Organization | None = None) -> Self:
        """Return the windows of a school year; with an organization only those that concern it."""
        windows = CollectionWindow.objects.filter(CURRENT, school_year=school_year)
        allowances = LateAllowance.objects.filter(CURRENT, school_year=school_year)
        if organization is not None:
            ids = _ids(organization)
            windows = windows.filter(Q(organization=None) | Q(organization__in=ids))
            allowances = allowances.filter(organization__in=ids)
        others = NotCollected.objects.filter(school_year=school_year)
        found = cls(school_year, {}, {}, set())
        for kind, pk, file_type, owner, *days, at in _in_one_query(windows, allowances, others):
            key, first = (file_type, owner), (pk, file_type, owner)
            if kind == _WINDOW:
                found.windows[key] = CollectionWindow.from_db("default", _OF_WINDOW, (*first, *days, at))
            elif kind == _ALLOWANCE:
                found.allowances[key] = LateAllowance.from_db("default", _OF_ALLOWANCE, (*first, days[0], at))
            else:
                found.not_collected.add(file_type)
        return found

    def find(self, file_type: str, organization: Organization | None) -> Collection:
        """Return how a file type is collected from an organization: its own window goes before that of the district it
        belongs to, and that before the one of everybody. None is everybody."""
        ids = _ids(organization) if organization else []
        windows = (self.windows.get((file_type, each)) for each in (*ids, None))
        allowances = filter(None, (self.allowances.get((file_type, each)) for each in ids))
        return Collection(
            file_type,
            self.school_year,
            next(filter(None, windows), None),
            max(allowances, key=lambda each: each.until, default=None),
            file_type not in self.not_collected,
        )

    def all_types(self, organization: Organization | None) -> list[Collection]:
        """Return how each file type is collected, in the order in which files are sent."""
        return [self.find(slug, organization) for slug in find_all()]


def find_collection(file_type: str, school_year: SchoolYear, organization: Organization | None) -> Collection:
    """Return how one file type is collected from an organization in a school year."""
    return Windows.of(school_year, organization).find(file_type, organization)


def find_window(file_type: str, school_year: SchoolYear, organization: Organization | None) -> CollectionWindow | None:
    """Return the window that counts for an organization; None where the file type is always open."""
    return find_collection(file_type, school_year, organization).window


def _ids(organization: Organization) -> list[int]:
    """Return the IDs of an organization and of the district it belongs to."""
    return [each for each in (organization.pk, organization.parent_id) if each is not None]


def _in_one_query(
    windows: "QuerySet[CollectionWindow]", allowances: "QuerySet[LateAllowance]", others: "QuerySet[NotCollected]"
) -> "QuerySet[Any, tuple[Any, ...]]":
    """Return the kind of each row and its values; what a kind does not have is null. Many pages ask for it."""
    names = ("kind", "id", "file_type", "owner", "first", "second", "third", "at")
    day, time, number = (
        Value(None, output_field=field) for field in (models.DateField(), models.DateTimeField(), models.IntegerField())
    )
    own, first, second, third = F("organization_id"), F("opens"), F("due"), F("closes")
    of_windows = windows.annotate(
        kind=Value(_WINDOW), owner=own, first=first, second=second, third=third, at=F("set_at")
    )
    of_allowances = allowances.annotate(
        kind=Value(_ALLOWANCE), owner=own, first=F("until"), second=day, third=day, at=F("allowed_at")
    )
    of_others = others.annotate(kind=Value(_NOT_COLLECTED), owner=number, first=day, second=day, third=day, at=time)
    rows = (each.order_by().values_list(*names) for each in (of_windows, of_allowances, of_others))
    first_rows, *more = rows
    return first_rows.union(*more, all=True)
