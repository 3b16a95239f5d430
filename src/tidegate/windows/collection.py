"""How a file type is collected from an organization in a school year: its window, what is allowed late, and what a day
is in it."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from tidegate.core.layouts.school_year import SchoolYear as Period
from tidegate.file_types import find_all
from tidegate.reference.models import Organization, SchoolYear
from tidegate.windows.models import CollectionWindow, LateAllowance, NotCollected, WindowState

CURRENT = Q(ended_at=None)


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
    not_collected: frozenset[str]

    @classmethod
    def of(cls, school_year: SchoolYear, organization: Organization | None = None) -> Self:
        """Return the windows of a school year; with an organization only those that concern it."""
        windows = CollectionWindow.objects.filter(CURRENT, school_year=school_year)
        allowances = LateAllowance.objects.filter(CURRENT, school_year=school_year)
        if organization is not None:
            ids = _ids(organization)
            windows = windows.filter(Q(organization=None) | Q(organization__in=ids))
            allowances = allowances.filter(organization__in=ids)
        return cls(
            school_year,
            {(each.file_type, each.organization_id): each for each in windows},
            {(each.file_type, each.organization_id): each for each in allowances},
            frozenset(NotCollected.objects.filter(school_year=school_year).values_list("file_type", flat=True)),
        )

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


def find_window(
    file_type: str, school_year: SchoolYear | Period, organization: Organization | None
) -> CollectionWindow | None:
    """Return the window that counts for an organization; None where the file type is always open."""
    stored = school_year if isinstance(school_year, SchoolYear) else SchoolYear(school_year.first, school_year.name)
    return find_collection(file_type, stored, organization).window


def _ids(organization: Organization) -> list[int]:
    """Return the IDs of an organization and of the district it belongs to."""
    return [each for each in (organization.pk, organization.parent_id) if each is not None]
