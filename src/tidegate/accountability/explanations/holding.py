"""Which explanation of a number, or of the lines that a rule warns of, holds: until its last day has passed, or until
the number has moved by much from what it was."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from django.db.models import Manager

from tidegate.accountability.models import Explanation, WarningExplanation
from tidegate.accountability.periods.period import Period

E = TypeVar("E", Explanation, WarningExplanation)


def has_moved(period: Period, before: int, now: int) -> bool:
    """Whether a number moved by much: by the state's percent of what it was, and by as many students at least. Of a
    small group one student is many percent, and where there was nobody there is no percent at all."""
    moved = abs(now - before)
    return moved >= period.file.unusual_students and 100 * moved >= period.file.unusual_percent * before


def explanations_on(day: date, period: Period, explanations: Manager[E]) -> dict[Any, list[E]]:
    """Return the explanations whose last day has not passed on a day, by what they are of, the newest first."""
    found: dict[Any, list[E]] = {}
    given = explanations.filter(period=period.slug, ends_on__gte=day)
    for each in given.select_related("by").order_by("-pk"):
        found.setdefault(each.key, []).append(each)
    return found


def holding(given: Iterable[E], period: Period, now: int) -> E | None:
    """Return the first of some explanations from whose number the one of now has not moved by much."""
    return next((each for each in given if not has_moved(period, each.explained_count, now)), None)
