"""The school year that an address asks for, or the one that one works in."""

from django.utils import timezone

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.reference.find_school_year import find_school_year
from tidegate.reference.models import SchoolYear as StoredSchoolYear
from tidegate.reference.school_years import newest_begun
from tidegate.web.pages import text_from
from tidegate.web.requests import PersonRequest


def chosen_year(request: PersonRequest) -> SchoolYear:
    """Return the year in the address; without one that of the focus or, for everybody, the newest that has begun."""
    return chosen_stored_year(request).period


def chosen_stored_year(request: PersonRequest) -> StoredSchoolYear:
    """Return the same year as it is on file; where none has begun yet, that of today, which is not on file."""
    if asked := text_from(request, "school_year"):
        return find_school_year(asked)
    if request.focus:
        return request.focus.school_year
    today = timezone.localdate()
    now = SchoolYear.of(today)
    return newest_begun(today) or StoredSchoolYear(first=now.first, name=now.name)
