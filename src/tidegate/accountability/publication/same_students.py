"""Groups that two indicators have together: who graduated in June is in the base of 5S2 of that school year, and in
that of 3S1 of the next one, and who graduated in the fall is in both of the same year.

Nothing here may be shown: it goes to the guard.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from tidegate.accountability.counting.indicator_students import categories_of, students_once
from tidegate.accountability.guard.earlier_releases import EarlierRelease, ToldBy
from tidegate.accountability.guard.rates import MET
from tidegate.accountability.guard.release import Cell
from tidegate.accountability.indicators import find_indicators
from tidegate.accountability.indicators.indicator import Indicator
from tidegate.accountability.models import Publication, Snapshot
from tidegate.accountability.publication.document import PublishedReport, published_reports
from tidegate.accountability.publication.exact_counts import SEVERAL


class _OtherIndicator(NamedTuple):
    """What readers have of another indicator, which may count the same students."""

    indicator: Indicator
    snapshot: Snapshot
    report: PublishedReport


def groups_of_same_students(
    indicator: Indicator,
    snapshot: Snapshot,
    names: Collection[str],
    *,
    smallest: int,
    drawn: Sequence[PublishedReport] = (),
) -> list[EarlierRelease]:
    """Return the groups of an indicator that readers know from another one, as far as both have the same students: but
    for fewer than `smallest` the group of both is one number, so what one hides the other may not show.

    Args:
        indicator: The indicator that is to be published.
        snapshot: Its snapshot.
        names: By what it is counted.
        smallest: The smallest number that is shown.
        drawn: What is published of the same snapshot beside it.
    """
    own = _students_by_group(indicator, snapshot, names)
    found: list[EarlierRelease] = []
    for beside in _published_beside(indicator, snapshot, drawn) if own else ():
        theirs = _students_by_group(beside.indicator, beside.snapshot, names)
        same = {group for group in own.keys() & theirs.keys() if _are_same(own[group], theirs[group], smallest)}
        seen = {group: number for group, number in _groups_seen_in(beside.report).items() if group in same}
        shown = {group: number for group, number in seen.items() if number is not None}
        hidden = {group: len(theirs[group]) for group in seen.keys() - shown.keys()}
        if seen:
            found.append(EarlierRelease(shown, hidden, told_by=ToldBy.OTHER_INDICATOR))
    return found


def _published_beside(
    indicator: Indicator, snapshot: Snapshot, drawn: Sequence[PublishedReport]
) -> Iterator[_OtherIndicator]:
    """Yield what is published of indicators whose students may be the same: of those who left there were the others in
    the year itself and in the one before."""
    first = snapshot.school_year.first
    years = (first - 1, first) if indicator.of_leavers else (first, first + 1)
    published = Publication.objects.filter(snapshot__school_year__first__in=years)
    of = [(snapshot, tuple(drawn))]
    of += [
        (each.snapshot, published_reports(each))
        for each in published.select_related("snapshot", "snapshot__school_year").order_by("pk")
    ]
    for counted_in, reports in of:
        for report in reports:
            other = find_indicators().get(report.slug)
            if other is not None and other.of_leavers != indicator.of_leavers:
                yield _OtherIndicator(other, counted_in, report)


def _students_by_group(indicator: Indicator, snapshot: Snapshot, names: Collection[str]) -> dict[Cell, set[str]]:
    categories = [each for each in categories_of(snapshot) if each.name in names]
    groups: dict[Cell, set[str]] = {}
    if categories and not indicator.why_no_data(snapshot):
        for student, keys in students_once(snapshot, indicator.bases(snapshot), categories, several=SEVERAL):
            for category, key in zip(categories, keys, strict=True):
                groups.setdefault(((category.name, key),), set()).add(student)
    return groups


def _are_same(one: set[str], other: set[str], smallest: int) -> bool:
    return bool(one & other) and len(one ^ other) < smallest


def _groups_seen_in(report: PublishedReport) -> dict[Cell, int | None]:
    """Return the numbers of groups that a report has; None is hidden."""
    return {
        cell: number
        for table in report.tables
        for cell, number in table.cells().items()
        if len(cell) == 1 and cell[0][0] != MET
    }
