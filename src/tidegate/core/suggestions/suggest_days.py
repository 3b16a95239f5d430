"""Suggests days: what a date that was written in another form or order may have been meant to be."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from tidegate.core.layouts.column_types import Day
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.suggestions.suggestion import Candidate, Suggestion, rank

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = re.compile(r"([0-9]{1,4})\s*[-/. ]\s*([0-9]{1,2})\s*[-/. ]\s*([0-9]{1,4})")
_DAY_ZERO = date(1899, 12, 30)
_DAYS_TO_1904 = 1462


def suggest_days(text: str, of: Day, school_year: SchoolYear) -> list[Suggestion]:
    """Return days that `text` may have been meant to be, as YYYY-MM-DD. Where the column's days lie in the school year,
    so do these; elsewhere they lie in the hundred years before its end."""
    first = school_year.first_day if of.within_school_year else date(school_year.first - 99, 7, 1)
    candidates = [
        candidate
        for candidate in _read(text.strip(), school_year)
        if first <= date.fromisoformat(candidate.value) <= school_year.last_day
    ]
    days = {candidate.value for candidate in candidates}
    return rank(candidate._replace(is_sure=len(days) == 1 and candidate.score >= 80) for candidate in candidates)


def _read(text: str, school_year: SchoolYear) -> Iterator[Candidate]:
    yield from _with_month_name(text)
    yield from _without_signs(text)
    yield from _counted(text)
    parts = _NUMBERS.match(text)
    if parts:
        yield from _in_orders([int(part) for part in parts.groups()], parts.groups())
        yield from _in_this_year(parts.groups(), school_year)


def _day(year: int, month: int, day: int, *, score: float, reason: str) -> Iterator[Candidate]:
    year = year if year > 99 else year + (1900 if year > 50 else 2000)
    try:
        yield Candidate(score, date(year, month, day).isoformat(), reason)
    except ValueError:
        return


def _in_orders(numbers: list[int], texts: tuple[str, ...]) -> Iterator[Candidate]:
    """Yield the days that three numbers can be, in the orders in which people write them."""
    one, two, three = numbers
    if len(texts[0]) == 4:
        yield from _day(one, two, three, score=95, reason="year, month, day")
        yield from _day(one, three, two, score=85, reason="day and month in the other order")
    elif len(texts[2]) in (2, 4):
        yield from _day(three, one, two, score=90, reason="month, day, year")
        yield from _day(three, two, one, score=85, reason="day and month in the other order")
        if len(texts[0]) == len(texts[2]) == 2:
            yield from _day(one, two, three, score=60, reason="year, month, day")


def _in_this_year(texts: tuple[str, ...], school_year: SchoolYear) -> Iterator[Candidate]:
    """Yield the same day and month in the school year, in case that the year is wrong."""
    month, day = (texts[1], texts[2]) if len(texts[0]) == 4 else (texts[0], texts[1])
    year = school_year.first if int(month) >= 7 else school_year.first + 1
    # A day that is written as it should be is in the right order; it is the year that is wrong.
    score = 88 if len(texts[0]) == 4 else 55
    yield from _day(year, int(month), int(day[:2]), score=score, reason=f"the same day in {school_year.name}")


def _with_month_name(text: str) -> Iterator[Candidate]:
    """Yield the day of `1-Sep-20`, `Sep 1, 2020` and the like."""
    found = re.search(r"[A-Za-z]{3,9}", text)
    numbers = [int(number) for number in re.findall("[0-9]+", text)]
    if not found or len(numbers) != 2 or found[0][:3].lower() not in _MONTHS:
        return
    month = _MONTHS.index(found[0][:3].lower()) + 1
    day, year = (numbers[1], numbers[0]) if numbers[0] > 31 else numbers
    yield from _day(year, month, day, score=95, reason="the month by its name")


def _without_signs(text: str) -> Iterator[Candidate]:
    """Yield the day of `20200901` and `09012020`."""
    if not re.fullmatch("[0-9]{8}", text):
        return
    yield from _day(int(text[:4]), int(text[4:6]), int(text[6:]), score=92, reason="year, month, day without signs")
    yield from _day(int(text[4:]), int(text[:2]), int(text[2:4]), score=90, reason="month, day, year without signs")


def _counted(text: str) -> Iterator[Candidate]:
    """Yield the day of `44075`, which a spreadsheet counts from 1900 or from 1904."""
    if not re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", text):
        return
    day = _DAY_ZERO + timedelta(days=int(text[:5]))
    yield Candidate(85, day.isoformat(), "the days that a spreadsheet counts")
    yield Candidate(
        60, (day + timedelta(days=_DAYS_TO_1904)).isoformat(), "the days that a spreadsheet counts from 1904"
    )
