"""Totals of the whole state that publications hid: with what they are now, somebody would know what they were then."""

from collections.abc import Collection

from tidegate.accountability.guard.rates import MET
from tidegate.accountability.models import Publication, Snapshot
from tidegate.accountability.publication.document import PublishedReport, published_reports
from tidegate.accountability.publication.exact_counts import MEASURE
from tidegate.accountability.publication.same_count import counts_the_same


def with_hidden_totals(snapshot: Snapshot, names: Collection[str]) -> set[str]:
    """Return those of some reports and indicators of a snapshot of which a publication of the same count hid how many
    took part, or how many met it, in the whole state."""
    of_year = Publication.objects.filter(snapshot__school_year=snapshot.school_year)
    return {
        report.slug
        for publication in of_year.select_related("snapshot", "snapshot__school_year")
        for report in published_reports(publication)
        if report.slug in names and _hides_a_total(report) and counts_the_same(publication, snapshot, [report.slug])
    }


def _hides_a_total(report: PublishedReport) -> bool:
    return any(
        number is None and len(cell) == 1 and cell[0][0] in (MEASURE, MET)
        for table in report.tables
        for cell, number in table.cells().items()
    )
