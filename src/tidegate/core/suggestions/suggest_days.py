"""Suggests days: what a date that was written in another form or order may have been meant to be."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from tidegate.core.layouts.column_types import Day
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.parsing.exchanged_days import Exchanged
from tidegate.core.suggestions.suggestion import Candidate, Suggestion, rank

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = re.compile(r"([0-9]{1,4})\s*[-/. ]\s*([0-9]{1,2})\s*[-/. ]\s*([0-9]{1,4})")
_TIME_OF_DAY = re.compile(r"[ T:][0-9]{1,2}[:.][0-9]{2}(?![0-9]).*")
_DAY_ZERO = date(1899, 12, 30)
_DAYS_TO_1904 = 1462
_ONE_ORDER_SCORE = 92
"""The score from which on a text has the form of one day alone, so that no other order of its numbers is suggested."""

_SCORES = {Exchanged.PERHAPS: 87, Exchanged.TOLD: 97}
"""How near the day with day and month exchanged is: nearer than any other only where the column's dates tell."""


def suggest_days(
    text: str, of: Day, school_year: SchoolYear, *, exchanged: Exchanged = Exchanged.NOT
) -> list[Suggestion]:
    """Return days that `text` may have been meant to be, as YYYY-MM-DD. Where the column's days lie in the school year,
    so do these; elsewhere they lie in the hundred years before its end. `exchanged` says whether day and month were
    exchanged before the date was written in a form of one meaning: then it is not what it seems to be."""
    first = school_year.first_day if of.within_school_year else date(school_year.first - 99, 7, 1)
    candidates = [
        candidate
        for candidate in _read(_TIME_OF_DAY.sub("", text.strip()), school_year, exchanged)
        if first <= date.fromisoformat(candidate.value) <= school_year.last_day
    ]
    days = {candidate.value for candidate in candidates}
    ranked = rank(candidate._replace(is_sure=len(days) == 1 and candidate.score >= 80) for candidate in candidates)
    return [suggestion for suggestion in ranked if suggestion.value != text]


def _read(text: str, school_year: SchoolYear, exchanged: Exchanged) -> Iterator[Candidate]:
    as_written = [*_year_first(text), *_with_month_name(text), *_without_signs(text)]
    if any(candidate.score >= _ONE_ORDER_SCORE for candidate in as_written):
        yield from as_written
        # The day is as it should be: if it is not that one, the year is wrong.
        for candidate in as_written:
            day = date.fromisoformat(candidate.value)
            yield from _in_this_year(day.month, day.day, school_year, score=88)
            if score := _SCORES.get(exchanged):
                yield from _day(day.year, day.day, day.month, score=score, reason="day and month exchanged")
        return
    yield from as_written
    yield from _counted(text)
    parts = _NUMBERS.match(text)
    if parts:
        yield from _in_orders(parts.groups())
        one, two, three = parts.groups()
        month, day_of_month = (two, three) if len(one) == 4 else (one, two)
        yield from _in_this_year(int(month), int(day_of_month[:2]), school_year, score=55)


def _day(year: int, month: int, day: int, *, score: float, reason: str) -> Iterator[Candidate]:
    year = year if year > 99 else year + (1900 if year > 50 else 2000)
    try:
        yield Candidate(score, date(year, month, day).isoformat(), reason)
    except ValueError:
        return


def _year_first(text: str) -> Iterator[Candidate]:
    """Yield the day of `2020-09-01`, `2020/9/1` and the like, which have one meaning."""
    parts = re.match(r"([0-9]{4})\s*[-/. ]\s*([0-9]{1,2})\s*[-/. ]\s*([0-9]{1,2})(?![0-9])", text)
    if parts:
        yield from _day(int(parts[1]), int(parts[2]), int(parts[3]), score=95, reason="year, month, day")


def _in_orders(texts: tuple[str, ...]) -> Iterator[Candidate]:
    """Yield the days that three numbers can be, in the orders in which people write them."""
    one, two, three = (int(text) for text in texts)
    if len(texts[0]) == 4:
        yield from _day(one, three, two, score=85, reason="day and month in the other order")
    elif len(texts[2]) in (2, 4):
        yield from _day(three, one, two, score=90, reason="month, day, year")
        yield from _day(three, two, one, score=85, reason="day and month in the other order")
        if len(texts[0]) == len(texts[2]) == 2:
            yield from _day(one, two, three, score=60, reason="year, month, day")


def _in_this_year(month: int, day: int, school_year: SchoolYear, *, score: float) -> Iterator[Candidate]:
    """Yield the same day and month in the school year, in case that the year is wrong."""
    year = school_year.first if month >= 7 else school_year.first + 1
    yield from _day(year, month, day, score=score, reason=f"the same day in {school_year.name}")


def _with_month_name(text: str) -> Iterator[Candidate]:
    """Yield the day of `1-Sep-20`, `Sep 1, 2020` and the like."""
    words = [word[:3].lower() for word in re.findall(r"[A-Za-z]{3,9}", text)]
    months = [_MONTHS.index(word) + 1 for word in words if word in _MONTHS]
    numbers = [int(number) for number in re.findall("[0-9]+", text)]
    if not months or len(numbers) != 2:
        return
    day, year = (numbers[1], numbers[0]) if numbers[0] > 31 else numbers
    yield from _day(year, months[0], day, score=95, reason="the month by its name")


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
