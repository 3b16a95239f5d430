"""What would be published of a snapshot: its named tables, as the guard lets them be seen beside all that was published
before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tidegate.accountability.guard.earlier_releases import EarlierRelease
from tidegate.accountability.guard.hide import Guarded, guard
from tidegate.accountability.guard.published import earlier_of, publish_table
from tidegate.accountability.guard.rates import MET
from tidegate.accountability.guard.release import Release
from tidegate.accountability.indicators import find_indicators
from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.publication_settings import Dimensions, PublicationSettings, is_indicator
from tidegate.accountability.publication.certified_totals import certified_totals
from tidegate.accountability.publication.document import PublishedReport, published_reports
from tidegate.accountability.publication.exact_counts import ExactCounts, count_exactly
from tidegate.accountability.publication.rates import add_up_rates
from tidegate.accountability.publication.same_count import published_before
from tidegate.accountability.publication.same_students import groups_of_same_students
from tidegate.accountability.reports import find_reports


@dataclass(frozen=True)
class Draft:
    """What would be published. `hidden_count` of `number_count` numbers are hidden; zeros that are shown, and what is
    in tables that are withheld, are in neither."""

    reports: tuple[PublishedReport, ...]
    number_count: int
    hidden_count: int

    @property
    def withheld_count(self) -> int:
        """How many tables are withheld."""
        return sum(len(report.withheld) for report in self.reports)


def draw_up(snapshot: Snapshot, settings: PublicationSettings) -> Draft:
    """Return what would be published of a snapshot."""
    reports: list[PublishedReport] = []
    numbers, hidden = 0, 0
    for slug in settings.tables:
        if is_indicator(slug) and (why := find_indicators()[slug].why_no_data(snapshot)):
            reports.append(PublishedReport(slug, *_said_of(slug), (), no_data=why, is_rate=True))
            continue
        kept = PublishedAs(settings.tables_of(slug), settings.smallest, settings.edge_percent)
        added = _exact(slug, snapshot, kept)
        known = [*earlier_releases(snapshot, slug), *_known_otherwise(snapshot, slug, kept, reports)]
        guarded = guard(added.release, smallest=settings.smallest, before=known)
        shown = tuple(
            publish_table(added.release, guarded, each, titles=added.dimension_titles, names=added.names)
            for each in _tables_of(slug, kept.tables, guarded)
            if _is_there(added, each)
        )
        left_out = tuple(added.left_out)
        reports.append(PublishedReport(slug, *_said_of(slug), shown, left_out, is_rate=is_indicator(slug)))
        of = _numbers(added.release, guarded)
        numbers, hidden = numbers + of[0], hidden + of[1]
    return Draft(tuple(reports), numbers, hidden)


class PublishedAs(NamedTuple):
    """How something is published: its tables, from which number on, and where percentages are coded."""

    tables: tuple[Dimensions, ...]
    smallest: int
    edge: int


def _exact(slug: str, snapshot: Snapshot, kept: PublishedAs) -> ExactCounts:
    if not is_indicator(slug):
        return count_exactly(find_reports()[slug], snapshot, kept.tables)
    indicator = find_indicators()[slug]
    return add_up_rates(indicator, snapshot, kept.tables, smallest=kept.smallest, edge=kept.edge)


def _known_otherwise(
    snapshot: Snapshot, slug: str, kept: PublishedAs, drawn: Sequence[PublishedReport]
) -> list[EarlierRelease]:
    """Return what readers know of the numbers but from publications of the same: the certificate's totals, and groups
    of the same students from another indicator."""
    known = certified_totals(snapshot, slug)
    if is_indicator(slug):
        names = {name for table in kept.tables for name in table}
        indicator = find_indicators()[slug]
        known += groups_of_same_students(indicator, snapshot, names, smallest=kept.smallest, drawn=drawn)
    return known


def _said_of(slug: str) -> tuple[str, str]:
    """Return what people call a report or an indicator, and what is said of it."""
    if is_indicator(slug):
        indicator = find_indicators()[slug]
        return f"{slug} {indicator.title}", indicator.wording
    report = find_reports()[slug]
    return report.title, report.summary


def _tables_of(slug: str, tables: tuple[Dimensions, ...], guarded: Guarded) -> Iterator[Dimensions]:
    """Yield the tables as they are published: of an indicator how many of each group met it, or where that is withheld
    how many there are in each group."""
    for table in tables:
        if not is_indicator(slug):
            yield table
            continue
        (name,) = table
        crossed = (name, MET)
        is_withheld = crossed in guarded.withheld_tables or MET in guarded.withheld_dimensions
        yield crossed
        if is_withheld and name not in guarded.withheld_dimensions:
            yield table


def earlier_releases(snapshot: Snapshot, report: str) -> list[EarlierRelease]:
    """Return what was published of a report before and counts the same students. Another year's count is of other
    enrollments, and nothing of it adds up with this one."""
    found = []
    for publication in published_before(snapshot, [report]):
        for published in published_reports(publication):
            if published.slug == report:
                tables = tuple(_named_table(table.dimensions) for table in published.tables)
                kept = PublishedAs(tuple(dict.fromkeys(tables)), publication.smallest, publication.edge_percent)
                release = _exact(report, publication.snapshot, kept).release
                found.append(earlier_of(published.tables, dict(release.cells()), release.coded))
    return found


def _named_table(dimensions: Dimensions) -> Dimensions:
    """Return a published table by what the settings call it."""
    return tuple(name for name in dimensions if name != MET)


def _is_there(added: ExactCounts, dimensions: tuple[str, ...]) -> bool:
    if len(dimensions) == 1:
        return dimensions[0] in added.release.dimensions
    return dimensions in {table.name for table in added.release.tables}


def _numbers(release: Release, guarded: Guarded) -> tuple[int, int]:
    """Return how many numbers are published that are not shown to be 0, and how many of them are hidden. A hidden 0
    is counted as every hidden number is: else the count would say how many of them there are."""
    published = {table.name for table in release.tables if guarded.is_published(table)}
    cells = [
        cell
        for cell in guarded.hidden.union(cell for cell, _ in release.cells())
        if (tuple(pair[0] for pair in cell) in published if len(cell) > 1 else True)
        and not {pair[0] for pair in cell} & guarded.withheld_dimensions
    ]
    return len(cells), len(guarded.hidden.intersection(cells))
