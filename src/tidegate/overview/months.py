"""Rows that were loaded and not loaded, month by month of a school year."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, F, Sum
from django.db.models.functions import TruncMonth

from tidegate.overview.loaded_files import loaded_uploads
from tidegate.reference.models import SchoolYear
from tidegate.uploads.models import UploadDay

_MONTHS_IN_A_YEAR = 12
_MAX_MONTHS = 14
"""A school year, and the time after it in which corrections are still sent."""


class Month(NamedTuple):
    """What was loaded in a month, by its first day."""

    day: date
    upload_count: int = 0
    loaded_count: int = 0
    left_count: int = 0


Months = Mapping[str, Sequence[Month]]
"""The same months for each file type, by its slug."""


def months_of_state(school_year: SchoolYear) -> Months:
    """Return the months of every file type of which a file was loaded, in the whole state."""
    by_month = UploadDay.objects.filter(school_year=school_year).annotate(month=TruncMonth("day"))
    counted = by_month.order_by().values("file_type", "month")
    return _filled(
        counted.annotate(uploads=Sum("upload_count"), loaded=Sum("loaded_count"), left=Sum("left_count")), school_year
    )


def months_at(places: Collection[int], school_year: SchoolYear) -> Months:
    """Return the months of every file type of which a file was loaded for these organizations."""
    by_month = loaded_uploads(places, school_year).annotate(month=TruncMonth("finished_at"))
    counted = by_month.values("file_type", "month")
    return _filled(
        counted.annotate(uploads=Count("pk"), loaded=Sum(F("success_count")), left=Sum(F("error_count"))), school_year
    )


def _filled(counted: Iterable[Mapping[str, Any]], school_year: SchoolYear) -> Months:
    """Return the counts with the months between them in which nothing was loaded."""
    known: dict[str, dict[date, Month]] = defaultdict(dict)
    for each in counted:
        if each["month"] is not None:
            day = date(each["month"].year, each["month"].month, 1)
            counts = (each["uploads"] or 0, each["loaded"] or 0, each["left"] or 0)
            known[each["file_type"]][day] = Month(day, *counts)
    days = _days({day for months in known.values() for day in months}, school_year)
    return {slug: [months.get(day, Month(day)) for day in days] for slug, months in known.items()}


def _days(known: Collection[date], school_year: SchoolYear) -> list[date]:
    """Return the months to show: those of the school year and shortly after it; of one whose files were sent years
    later, the twelve up to the last of them."""
    first = school_year.first_day.replace(day=1)
    last = max(known, default=first)
    count = _MONTHS_IN_A_YEAR if last < first else max(_MONTHS_IN_A_YEAR, _between(first, last) + 1)
    if count > _MAX_MONTHS or last < first:
        first, count = _later(last, 1 - _MONTHS_IN_A_YEAR), _MONTHS_IN_A_YEAR
    return [_later(first, number) for number in range(count)]


def _between(first: date, last: date) -> int:
    return (last.year - first.year) * _MONTHS_IN_A_YEAR + last.month - first.month


def _later(month: date, count: int) -> date:
    number = month.year * _MONTHS_IN_A_YEAR + month.month - 1 + count
    return date(number // _MONTHS_IN_A_YEAR, number % _MONTHS_IN_A_YEAR + 1, 1)
