"""Opens a school year: from then on people can choose it and send files for it."""

from django.db import transaction

from tidegate.audit.record import ActingPerson, record_event
from tidegate.core.errors import Refusal
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.reference.school_years import add_school_years, possible_years


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
    if period.first not in possible_years():
        raise Refusal(f"{period.name} is too far from today", fix="Check both years", code="SCHOOL_YEAR")
    if not add_school_years([period]):
        raise Refusal(f"The school year {period.name} was added already", code="SCHOOL_YEAR_ADDED")
    record_event("school_year.added", by=by, school_year=period)
    return period
