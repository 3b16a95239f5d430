"""What would be published of a snapshot: its named tables, as the guard lets them be seen beside all that was published
before."""

from dataclasses import dataclass

from tidegate.accountability.guard.earlier import EarlierRelease
from tidegate.accountability.guard.hide import Guarded, guard
from tidegate.accountability.guard.published import earlier_of, publish_table
from tidegate.accountability.guard.release import Release
from tidegate.accountability.models import Publication, Snapshot
from tidegate.accountability.publication.added_up import AddedUp, add_up
from tidegate.accountability.publication.document import PublishedReport, published_reports
from tidegate.accountability.publication_settings import PublicationSettings
from tidegate.accountability.reports import find_reports


@dataclass(frozen=True)
class Draft:
    """What would be published. `hidden_count` of `number_count` numbers that are not 0 are hidden; those of tables that
    are withheld are in neither."""

    reports: tuple[PublishedReport, ...]
    number_count: int
    hidden_count: int

    @property
    def withheld_count(self) -> int:
        """How many tables are withheld."""
        return sum(len(report.withheld) for report in self.reports)


def draw_up(snapshot: Snapshot, settings: PublicationSettings) -> Draft:
    """Return what would be published of a snapshot."""
    reports, numbers, hidden = [], 0, 0
    for slug in settings.tables:
        report, tables = find_reports()[slug], settings.tables_of(slug)
        added = add_up(report, snapshot, tables)
        before = earlier_releases(snapshot, slug)
        guarded = guard(added.release, smallest=settings.smallest, before=before)
        shown = tuple(
            publish_table(added.release, guarded, each, titles=added.dimension_titles, names=added.names)
            for each in tables
            if _is_there(added, each)
        )
        reports.append(PublishedReport(slug, report.title, report.summary, shown, tuple(added.left_out)))
        of = _numbers(added.release, guarded)
        numbers, hidden = numbers + of[0], hidden + of[1]
    return Draft(tuple(reports), numbers, hidden)


def published_before(snapshot: Snapshot) -> list[Publication]:
    """Return what was published of the same school year and count day, the oldest first."""
    same = Publication.objects.filter(
        snapshot__school_year=snapshot.school_year, snapshot__count_day=snapshot.count_day
    ).select_related("snapshot", "snapshot__school_year")
    return list(same.order_by("pk"))


def earlier_releases(snapshot: Snapshot, report: str) -> list[EarlierRelease]:
    """Return what was published of a report before and counts the same: students of the same count day. Another
    year's count is of other enrollments, and nothing of it adds up with this one."""
    found = []
    for publication in published_before(snapshot):
        for published in published_reports(publication):
            if published.slug == report:
                tables = tuple(table.dimensions for table in published.tables)
                exact = dict(add_up(find_reports()[report], publication.snapshot, tables).release.cells())
                found.append(earlier_of(published.tables, exact))
    return found


def _is_there(added: AddedUp, dimensions: tuple[str, ...]) -> bool:
    if len(dimensions) == 1:
        return dimensions[0] in added.release.dimensions
    return dimensions in {table.name for table in added.release.tables}


def _numbers(release: Release, guarded: Guarded) -> tuple[int, int]:
    """Return how many numbers that are not 0 are published, and how many of them are hidden."""
    published = {table.name for table in release.tables if guarded.is_published(table)}
    cells = [
        cell
        for cell, _ in release.cells()
        if (tuple(pair[0] for pair in cell) in published if len(cell) > 1 else True)
        and not {pair[0] for pair in cell} & guarded.withheld_dimensions
    ]
    return len(cells), len(guarded.hidden.intersection(cells))
