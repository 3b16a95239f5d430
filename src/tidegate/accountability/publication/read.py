"""Reads what was published: nothing else is shown to everybody."""

from collections.abc import Iterator

from tidegate.accountability.guard.published import PublishedTable
from tidegate.accountability.models import Publication
from tidegate.accountability.publication.document import published_reports
from tidegate.accountability.publication.same_count import counts_the_same, names_in
from tidegate.core.errors import NotFound
from tidegate.core.outputs.spreadsheet import csv_lines

HEADER = ("Report", "By", "Key", "Name", "SecondBy", "SecondKey", "SecondName", "Students", "Percent", "Status")
SHOWN, HIDDEN, CLOSED, WITHHELD, NO_DATA = "shown", "hidden", "hidden, may be 0", "withheld", "no data"
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
    later = of_period.filter(pk__gt=publication.pk).select_related("snapshot", "snapshot__school_year").order_by("-pk")
    return next((each for each in later if counts_the_same(each, snapshot, names)), None)


def publication_csv(publication: Publication) -> Iterator[bytes]:
    """Yield what was published as CSV in UTF-8, one line for each number, hidden ones and zeros included."""
    yield csv_lines([HEADER])
    for report in published_reports(publication):
        if report.no_data:
            yield csv_lines([(report.slug, *[""] * 8, NO_DATA)])
        for table in report.tables:
            yield csv_lines((report.slug, *line) for line in _lines_of(table, publication))
        for table in [each for each in report.tables if each.percents][:1]:
            yield csv_lines((report.slug, *line) for line in _totals_of(table))


def _lines_of(table: PublishedTable, publication: Publication) -> Iterator[tuple[object, ...]]:
    if table.is_withheld:
        by = (*table.titles, "")[:2]
        yield by[0], "", "", by[1], "", "", "", "", WITHHELD
        return
    for place, ((row, name), numbers) in enumerate(zip(table.rows, table.numbers, strict=True)):
        if table.percents:
            yield _line((table.titles[0], row, name), table.row_totals[place])
        for beside, ((column, other), number) in enumerate(zip(table.columns, numbers, strict=True)):
            second = (table.titles[1], column, other) if table.is_crossed else ("", "", "")
            percent = table.percent_at(place, beside, smallest=publication.smallest, edge=publication.edge_percent)
            closed = table.is_closed(row, column)
            yield _line((table.titles[0], row, name, *second), number, percent, hidden=CLOSED if closed else HIDDEN)


def _totals_of(table: PublishedTable) -> Iterator[tuple[object, ...]]:
    """Yield how many met an indicator in all, and how many did not."""
    for (key, name), number, percent in zip(table.columns, table.column_totals, table.total_percents, strict=True):
        yield _line((table.titles[1], key, name), number, percent, hidden=CLOSED)
    yield _line(("All", "", "All"), table.total)


def _line(of: tuple[str, ...], number: int | None, percent: str = "", *, hidden: str = HIDDEN) -> tuple[object, ...]:
    named = (*of, "", "", "")[:6]
    return *named, "" if number is None else number, percent, hidden if number is None else SHOWN
