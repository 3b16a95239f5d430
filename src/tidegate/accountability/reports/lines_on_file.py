"""How many students have lines in a snapshot, by file type and school year."""

from collections.abc import Iterator

from psycopg import sql

from tidegate.accountability.frozen_lines.cells import Reach, cell, frozen
from tidegate.accountability.frozen_lines.materialize import numbers_of
from tidegate.accountability.frozen_lines.tables import SCHOOL_YEAR
from tidegate.accountability.models import Snapshot
from tidegate.accountability.reports.report import Count, CountTable, Report
from tidegate.records.stored_lines import stored_lines

_BY = "Lines and school year"
_COUNTS = sql.SQL("""
    SELECT {year}, count(DISTINCT {student}) FROM {lines} line
    WHERE {reach}::text[] IS NULL OR ARRAY[{organizations}]::text[] && {reach}::text[] GROUP BY 1 ORDER BY 1
""")


class LinesOnFile(Report):
    """The students who have lines, of the school year and of earlier ones."""

    title = "Lines on file"
    summary = "Students with lines in the snapshot, by kind of line and school year."

    def tables(self, snapshot: Snapshot, *, reach: Reach = None) -> Iterator[CountTable]:
        """Yield the one table."""
        yield CountTable(_BY, tuple(_counts(snapshot, reach)))


def _counts(snapshot: Snapshot, reach: Reach) -> Iterator[Count]:
    titles = {lines.table.name: lines.table.noun[1] for lines in stored_lines()}
    for table in snapshot.tables:
        name = table["name"]
        if "organizations" not in table:
            continue  # students, organizations and codes are not lines of a school year
        query = _COUNTS.format(
            year=cell(snapshot, name, SCHOOL_YEAR),
            student=cell(snapshot, name, table["student"]),
            lines=frozen(snapshot, name),
            organizations=sql.SQL(", ").join(cell(snapshot, name, column) for column in table["organizations"]),
            reach=sql.Literal(None if reach is None else sorted(reach)),
        )
        # No rows of students are stored from which a part could be read: the numbers of each reach are.
        for year, students in numbers_of(snapshot, query, of="lines on file", reach=None):
            yield Count(_BY, (name, year), (titles.get(name, name), year), students)
