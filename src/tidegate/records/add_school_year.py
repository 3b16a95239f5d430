"""Opens a school year: from then on people can choose it and send files for it."""

from django.db import transaction
from django.utils import timezone

from tidegate.audit.record import ActingPerson, record_event
from tidegate.core.errors import Refusal
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.reference.school_years import add_school_years

_MIN_YEAR = 1950
# A year that is further from today is a typing error, and nobody could take it back.
_MAX_YEARS_AHEAD = 10


@transaction.atomic
def add_school_year(name: str, *, by: ActingPerson | None) -> SchoolYear:
    """Return the school year of that name, which is now one that the state collects. A Refusal where the name is not
    that of a school year, or the year is there already."""
    if "-" not in name:
        raise Refusal(
            f'"{name}" does not name a school year',
            fix="Name both years, like this: 2026-2027",
            code="SCHOOL_YEAR",
        )
    period = SchoolYear.parse(name)
    if not _MIN_YEAR <= period.first <= SchoolYear.of(timezone.localdate()).first + _MAX_YEARS_AHEAD:
        raise Refusal(f"{period.name} is too far from today", fix="Check both years", code="SCHOOL_YEAR")
    if not add_school_years([period]):
        raise Refusal(f"The school year {period.name} was added already", code="SCHOOL_YEAR_ADDED")
    record_event("school_year.added", by=by, school_year=period)
    return period
