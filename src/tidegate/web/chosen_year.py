"""The school year that an address asks for, or the one that one works in."""

from django.utils import timezone

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.reference.find_school_year import find_school_year
from tidegate.reference.school_years import newest_begun
from tidegate.web.pages import text_from
from tidegate.web.requests import PersonRequest


def chosen_year(request: PersonRequest) -> SchoolYear:
    """Return the year in the address; without one that of the focus or, for everybody, the newest that has begun."""
    if asked := text_from(request, "school_year"):
        return SchoolYear(find_school_year(asked).first)
    if request.focus:
        return request.focus.school_year.period
    newest = newest_begun(timezone.localdate())
    return newest.period if newest else SchoolYear.of(timezone.localdate())
