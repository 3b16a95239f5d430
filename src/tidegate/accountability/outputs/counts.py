"""The numbers of a snapshot: those of each report of its period, as tables and as CSV."""

from collections.abc import Collection, Iterator

from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.frozen_lines.digest import digest_of_numbers
from tidegate.accountability.indicators import find_indicators
from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.period import find_periods
from tidegate.accountability.reports import find_reports, slugs_of
from tidegate.accountability.reports.report import Count, CountTable, Report
from tidegate.core.errors import BrokenState
from tidegate.core.outputs.spreadsheet import csv_lines
from tidegate.core.outputs.workbook import Line

HEADER = ("Report", "By", "Key", "Name", "SecondKey", "SecondName", "Students")


def refuse_unknown_reports() -> None:
    """Raise BrokenState where a period of the state names a report that there is not."""
    known = find_reports()
    for period in find_periods().values():
        for slug in period.file.reports:
            if slug not in known:
                raise BrokenState(f"The period {period.slug} names the report {slug}, but there are {', '.join(known)}")
        if period.file.publication:
            _check_indicators(period.slug, period.file.publication.indicators)


def _check_indicators(period: str, codes: list[str]) -> None:
    """Raise BrokenState where a period publishes an indicator that there is not, or two of the same students: by taking
    one from the other a small number of either could be found. Of leavers the publication finds out itself which groups
    another indicator has, too."""
    known = find_indicators()
    for code in codes:
        if code not in known:
            raise BrokenState(f"The period {period} publishes {code}, but there are {', '.join(known)}")
    same = [code for code in codes if not known[code].of_leavers]
    if len(same) > 1:
        raise BrokenState(
            f"The period {period} publishes {' and '.join(same)}, which count the same students: the guard hides small"
            " numbers within one indicator, and one of another indicator could give them away. Publish one of them; the"
            " workbook for the Department has them all"
        )


def reports_of(snapshot: Snapshot) -> list[tuple[str, Report]]:
    """Return the reports of a snapshot, each with its slug."""
    return [(slug, find_reports()[slug]) for slug in slugs_of(snapshot)]


def counts_of(
    snapshot: Snapshot, *, reach: Reach = None, only: Collection[str] | None = None
) -> Iterator[tuple[str, CountTable]]:
    """Yield each table of each report, or of some reports only, with the report's slug."""
    for slug, report in reports_of(snapshot):
        for table in report.tables(snapshot, reach=reach) if only is None or slug in only else ():
            yield slug, table


def counts_csv(snapshot: Snapshot, *, reach: Reach = None) -> Iterator[bytes]:
    """Yield the numbers as CSV in UTF-8, one line for each."""
    yield csv_lines([HEADER])
    for slug, table in counts_of(snapshot, reach=reach):
        yield csv_lines(_cells(slug, count) for count in table.counts)


def count_lines(snapshot: Snapshot, *, reach: Reach = None) -> Iterator[Line]:
    """Yield the numbers as lines below HEADER, one for each."""
    for slug, table in counts_of(snapshot, reach=reach):
        yield from (_cells(slug, count) for count in table.counts)


def hash_of_numbers(snapshot: Snapshot) -> str:
    """Return the SHA-256, as 64 hex digits, of the numbers without their words: what a release only words otherwise
    leaves it as it is. Of each it has the report, the measure, the dimensions and their keys, and the students."""
    return digest_of_numbers(
        [slug, count.measure, count.dimensions, count.keys, count.student_count]
        for slug, table in counts_of(snapshot)
        for count in table.counts
    )


def _cells(slug: str, count: Count) -> Line:
    pairs = [*zip(count.keys, count.names, strict=True), ("", ""), ("", "")][:2]
    return (slug, count.by, *(text for pair in pairs for text in pair), count.student_count)
