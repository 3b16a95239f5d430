"""The school years that the state collects data for."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from tidegate.core.layouts.school_year import SchoolYear as Period
from tidegate.core.layouts.state_package import present_state
from tidegate.reference.models import SchoolYear


def add_school_years(periods: Iterable[Period]) -> list[Period]:
    """Add those school years that are not there yet, and return them in order."""
    new = sorted(set(periods) - {Period(first) for first in known_years()})
    SchoolYear.objects.bulk_create([SchoolYear(first=p.first, name=p.name) for p in new], ignore_conflicts=True)
    return new


def possible_years() -> range:
    """Return the years in which a school year of the state may begin. One that is further from today is a typing
    error: everybody could choose it, and nobody could take it back."""
    bounds = present_state().school_years
    return range(bounds.first, Period.of(timezone.localdate()).first + bounds.years_ahead + 1)


def known_years() -> set[int]:
    """Return the years in which the state's school years begin."""
    return set(SchoolYear.objects.values_list("first", flat=True))


def begun_years(today: date) -> "QuerySet[SchoolYear]":
    """Return the school years that have begun by `today`, the newest first."""
    return SchoolYear.objects.filter(first__lte=Period.of(today).first).order_by("-first")


def newest_begun(today: date) -> SchoolYear | None:
    """Return the newest school year that has begun by `today`; None where there is none."""
    return begun_years(today).first()
