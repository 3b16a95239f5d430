"""How a file type is collected from an organization in a school year: its window, what is allowed late, and what a day
is in it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.db import connection, models
from django.db.models import Q

from tidegate.file_types import FileType, find_all
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
        found = cls(school_year, {}, {}, set())
        for kind, pk, file_type, owner, *days, at in _in_one_query(school_year, organization):
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
        ids = organization.ids_up_to_district if organization else []
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


def types_of_open_years() -> list[FileType]:
    """Return the file types that are collected for at least one school year that is open; while there is none, all of
    them."""
    left_out = Counter(NotCollected.objects.filter(school_year__closed_at=None).values_list("file_type", flat=True))
    year_count = SchoolYear.objects.filter(closed_at=None).count()
    return [each for slug, each in find_all().items() if not year_count or left_out[slug] < year_count]


def find_collection(file_type: str, school_year: SchoolYear, organization: Organization | None) -> Collection:
    """Return how one file type is collected from an organization in a school year."""
    return Windows.of(school_year, organization).find(file_type, organization)


def find_window(file_type: str, school_year: SchoolYear, organization: Organization | None) -> CollectionWindow | None:
    """Return the window that counts for an organization; None where the file type is always open."""
    return find_collection(file_type, school_year, organization).window


_IN_ONE_QUERY = f"""
SELECT '{_WINDOW}', id, file_type, organization_id, opens, due, closes, set_at FROM windows_collectionwindow
WHERE ended_at IS NULL AND school_year_id = %(year)s
    AND (%(of)s::bigint[] IS NULL OR organization_id IS NULL OR organization_id = ANY (%(of)s::bigint[]))
UNION ALL SELECT '{_ALLOWANCE}', id, file_type, organization_id, until, NULL, NULL, allowed_at
FROM windows_lateallowance
WHERE ended_at IS NULL AND school_year_id = %(year)s
    AND (%(of)s::bigint[] IS NULL OR organization_id = ANY (%(of)s::bigint[]))
UNION ALL SELECT '{_NOT_COLLECTED}', id, file_type, NULL, NULL, NULL, NULL, NULL FROM windows_notcollected
WHERE school_year_id = %(year)s
"""


def _in_one_query(school_year: SchoolYear, organization: Organization | None) -> list[tuple[Any, ...]]:
    """Return the kind of each row and its values; what a kind does not have is null. Many pages ask for it."""
    of = None if organization is None else organization.ids_up_to_district
    with connection.cursor() as cursor:
        cursor.execute(_IN_ONE_QUERY, {"year": school_year.first, "of": of})
        return list(cursor.fetchall())
