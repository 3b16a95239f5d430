"""Reads what was published: nothing else is shown to everybody."""

from collections.abc import Collection, Iterator

from django.db.models import Q

from tidegate.accountability.guard.published import PublishedTable
from tidegate.accountability.models import Publication
from tidegate.accountability.publication.document import PublishedReport, published_reports
from tidegate.accountability.publication.same_count import counts_the_same, names_in
from tidegate.core.errors import NotFound
from tidegate.core.outputs.spreadsheet import csv_lines

HEADER = (
    "Report", "By", "Key", "Name", "SecondBy", "SecondKey", "SecondName", "Students", "Percent", "Status", "Count",
)  # fmt: skip
SHOWN, HIDDEN, CLOSED = "shown", "hidden", "hidden, may be 0"
WITHHELD, LEFT_OUT, NO_DATA = "withheld", "left out", "no data"
_MAX_NUMBER = 2**63 - 1


def find_publication(number: int) -> Publication:
    """Return the publication of that number; NotFound where there is none."""
    known = Publication.objects.select_related("snapshot", "snapshot__school_year")
    found = known.filter(pk=number).first() if 0 < number <= _MAX_NUMBER else None
    if found is None:
        raise NotFound(
            "There is no publication of that number",
            fix="Look it up in the list of published counts",
            code="NO_PUBLICATION",
        )
    return found


def all_publications() -> list[Publication]:
    """Return what was published, the newest first."""
    return list(Publication.objects.select_related("snapshot", "snapshot__school_year").order_by("-pk"))


def newer_one(publication: Publication) -> Publication | None:
    """Return the newest publication of the same count that took its place."""
    snapshot, names = publication.snapshot, names_in(publication)
    of_period = Publication.objects.filter(snapshot__school_year=snapshot.school_year, snapshot__period=snapshot.period)
    # An older release published an older snapshot after a newer one, too.
    is_newer = Q(snapshot__gt=publication.snapshot_id) | Q(snapshot=publication.snapshot_id, pk__gt=publication.pk)
    newer = of_period.filter(is_newer).select_related("snapshot", "snapshot__school_year").order_by("-snapshot", "-pk")
    return next((each for each in newer if counts_the_same(each, snapshot, names)), None)


def publication_csv(publication: Publication) -> Iterator[bytes]:
    """Yield what was published as CSV in UTF-8, one line for each number, hidden ones, zeros and totals included. The
    last column says in each whether the count is approved, preliminary, or was revoked."""
    yield csv_lines([HEADER])
    for report in published_reports(publication):
        yield csv_lines((report.slug, *line, publication.standing) for line in _lines_of_report(report, publication))


def _lines_of_report(report: PublishedReport, publication: Publication) -> Iterator[tuple[object, ...]]:
    """Yield the numbers of each table with its totals. What several tables are counted by has its numbers once, and so
    has the total of all; a table that is left out, and a report without data, has a line that says so."""
    if report.no_data:
        yield *[""] * 8, NO_DATA
    published = [table for table in report.tables if not table.is_withheld]
    with_numbers = {table.dimensions[0] for table in published if not table.is_crossed}
    for table in report.tables:
        yield from _lines_of(table, publication, with_numbers)
        with_numbers.update(() if table.is_withheld else table.dimensions)
    for table in published[:1]:
        yield _line(("All", "", "All"), table.total)
    for title in report.left_out:
        yield title, *[""] * 7, LEFT_OUT


def _lines_of(
    table: PublishedTable, publication: Publication, with_numbers: Collection[str]
) -> Iterator[tuple[object, ...]]:
    """Yield the numbers of a table, and the totals of its rows and columns, but those by what has its numbers."""
    if table.is_withheld:
        by = (*table.titles, "")[:2]
        yield by[0], "", "", by[1], "", "", "", "", WITHHELD
        return
    has_row_totals = table.is_crossed and table.dimensions[0] not in with_numbers
    for place, ((row, name), numbers) in enumerate(zip(table.rows, table.numbers, strict=True)):
        if has_row_totals:
            yield _line((table.titles[0], row, name), table.row_totals[place])
        for beside, ((column, other), number) in enumerate(zip(table.columns, numbers, strict=True)):
            second = (table.titles[1], column, other) if table.is_crossed else ("", "", "")
            percent = table.percent_at(place, beside, smallest=publication.smallest, edge=publication.edge_percent)
            closed = table.is_closed(row, column)
            yield _line((table.titles[0], row, name, *second), number, percent, hidden=CLOSED if closed else HIDDEN)
    if table.is_crossed and table.dimensions[1] not in with_numbers:
        yield from _column_totals(table)


def _column_totals(table: PublishedTable) -> Iterator[tuple[object, ...]]:
    """Yield the totals of the columns: of an indicator how many met it in all, and how many did not."""
    percents = table.total_percents or [""] * len(table.columns)
    for (key, name), number, percent in zip(table.columns, table.column_totals, percents, strict=True):
        yield _line((table.titles[1], key, name), number, percent, hidden=CLOSED if table.percents else HIDDEN)


def _line(of: tuple[str, ...], number: int | None, percent: str = "", *, hidden: str = HIDDEN) -> tuple[object, ...]:
    named = (*of, "", "", "")[:6]
    return *named, "" if number is None else number, percent, hidden if number is None else SHOWN
