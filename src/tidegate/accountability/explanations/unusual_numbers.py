"""Unusual numbers: those that moved by much against last year's snapshot. The first rules of category 6."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from django.utils import timezone

from tidegate.accountability.explanations.compared_indicators import compared_indicators, watched_counts
from tidegate.accountability.explanations.comparison import ComparedCount, Key, compared_counts
from tidegate.accountability.explanations.holding import explanations_on, has_moved, holding
from tidegate.accountability.models import Explanation, Snapshot
from tidegate.accountability.periods.period import Period, find_periods

_ORGANIZATIONS = ("school", "sau")
# What two dimensions are counted by is watched where it has a school's programs: a number of each other pair moves with
# one of these.
_PAIR = ("school", "program")


class UnusualNumber(NamedTuple):
    """A number that moved by much. It is open until somebody explains it, or another snapshot puts it right."""

    report: str
    by: str
    dimensions: tuple[str, ...]
    keys: tuple[str, ...]
    names: tuple[str, ...]
    last_year: int
    now: int
    explanation: Explanation | None

    @property
    def key(self) -> Key:
        """What the number is of."""
        return self.report, self.dimensions, self.keys

    @property
    def percent(self) -> int | None:
        """By how many percent of last year's it moved; None where there was none last year."""
        return round(100 * (self.now - self.last_year) / self.last_year) if self.last_year else None

    @property
    def organization(self) -> str:
        """The ID of the organization whose number it is; blank is the state."""
        return next((key for name, key in zip(self.dimensions, self.keys, strict=True) if name in _ORGANIZATIONS), "")


def unusual_numbers(
    snapshot: Snapshot, counts: Iterable[ComparedCount] | None = None, *, on: date | None = None
) -> list[UnusualNumber]:
    """Return the unusual numbers of a snapshot, each with the explanation that holds, those first that are open.

    Args:
        snapshot: The snapshot.
        counts: Its numbers beside last year's, those of indicators included, where they are known already.
        on: The day on which an explanation must hold; today by default.
    """
    period = find_periods().get(snapshot.period)
    if period is None:
        return []
    if counts is None:
        counts = [*compared_counts(snapshot), *watched_counts(compared_indicators(snapshot))]
    given = explanations_on(on or timezone.localdate(), period, Explanation.objects)
    found = list(_found(period, counts, given))
    return sorted(found, key=lambda number: number.explanation is not None)


def _found(
    period: Period, counts: Iterable[ComparedCount], given: dict[Key, list[Explanation]]
) -> Iterator[UnusualNumber]:
    for each in counts:
        count = each.number
        dimensions = count.dimensions or ()
        is_watched = len(dimensions) < 2 or dimensions == _PAIR
        if each.last_year is None or not is_watched or not has_moved(period, each.last_year, count.student_count):
            continue
        holds = holding(given.get(each.key, ()), period, count.student_count)
        yield UnusualNumber(
            each.report, count.by, dimensions, count.keys, count.names, each.last_year, count.student_count, holds
        )
