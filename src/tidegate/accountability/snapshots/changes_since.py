"""What has changed on file since a snapshot was taken: lines added, changed and withdrawn, counted live."""

from collections.abc import Iterator
from typing import NamedTuple

from psycopg import sql

from tidegate.accountability.frozen_lines.cells import cell, frozen_with_versions
from tidegate.accountability.frozen_lines.tables import (
    FrozenTable,
    frozen_tables,
    school_in,
    students_changed,
    students_counted,
)
from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.period import Period, find_periods
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.records.stored_lines import stored_lines
from tidegate.reference.copy_rows import raw_cursor
from tidegate.reference.models import Organization

# Versions say where to look, cells whether anything differs: an undo restores a line as another version of the same.
# A line that came and one that went, of the same student at the same school, are one that changed.
_CHANGES = sql.SQL("""
    WITH counted AS MATERIALIZED ({counted}), live AS NOT MATERIALIZED ({live}), was AS NOT MATERIALIZED ({was}),
    come AS MATERIALIZED (
        SELECT cells FROM live WHERE NOT EXISTS (SELECT FROM was WHERE was.version_id = live.version)
    ), gone AS MATERIALIZED (
        SELECT cells FROM was WHERE NOT EXISTS (SELECT FROM live WHERE live.version = was.version_id)
    ),
    added AS (SELECT cells FROM come EXCEPT ALL SELECT cells FROM gone),
    ended AS (SELECT cells FROM gone EXCEPT ALL SELECT cells FROM come),
    came AS (SELECT cells[{student}] AS student, cells[{school}] AS school, count(*) AS lines FROM added GROUP BY 1, 2),
    went AS (SELECT cells[{student}] AS student, cells[{school}] AS school, count(*) AS lines FROM ended GROUP BY 1, 2),
    both_ways AS (
        SELECT coalesce(came.school, went.school) AS school,
            coalesce(came.lines, 0) AS came, coalesce(went.lines, 0) AS went
        FROM came FULL JOIN went
        ON came.student = went.student AND coalesce(came.school, '') = coalesce(went.school, '')
    )
    SELECT school, sum(came - least(came, went)), sum(least(came, went)), sum(went - least(came, went))
    FROM both_ways GROUP BY school ORDER BY school COLLATE "C"
""")
# Nothing has come or gone of a student of whom no version has begun or ended, nor is the student counted otherwise.
_AMONG = sql.SQL("{query} AND {student} = ANY({students}::text[])")
_COUNTED_AMONG = sql.SQL("SELECT student FROM ({counted}) every WHERE student = ANY({students}::text[])")
_MAX_STUDENTS_ASKED_FOR = 10_000
"""Up to how many students are asked for one by one; the lines of more are compared with all that was frozen."""


class ChangesSince(NamedTuple):
    """How many lines of a file type and school were added, changed and withdrawn since a snapshot was taken."""

    file_type: str
    identifier: str
    name: str
    added_count: int
    changed_count: int
    withdrawn_count: int


def changes_since(snapshot: Snapshot) -> list[ChangesSince]:
    """Return what has changed since a snapshot was taken, by file type and school; nothing where the state has its
    period no more, or another release has other columns."""
    period = find_periods().get(snapshot.period)
    if period is None:
        return []
    year = SchoolYear(snapshot.school_year.first)
    students = _students_changed(snapshot, period)
    if students == []:
        return []
    counted = students_counted(period, year)
    if students is not None:
        counted = _COUNTED_AMONG.format(counted=counted, students=sql.Literal(students))
    slugs = {lines.table.name: lines.file_type.slug for lines in stored_lines()}
    found = [
        change
        for table in frozen_tables(period, year)
        if table.name in slugs and _was_frozen_so(snapshot, table)
        for change in _of_table(snapshot, table, slugs[table.name], counted=counted, students=students)
    ]
    names = dict(
        Organization.objects.filter(identifier__in={change.identifier for change in found}).values_list(
            "identifier", "name"
        )
    )
    return [change._replace(name=names.get(change.identifier, change.identifier)) for change in found]


def _was_frozen_so(snapshot: Snapshot, table: FrozenTable) -> bool:
    return any(each["name"] == table.name and tuple(each["columns"]) == table.columns for each in snapshot.tables)


def _students_changed(snapshot: Snapshot, period: Period) -> list[str] | None:
    """Return the students of whom anything may have changed since; None is that all have to be asked for."""
    if snapshot.changes_from is None:
        return None
    changed = students_changed(period, SchoolYear(snapshot.school_year.first), snapshot.changes_from)
    with raw_cursor() as cursor:
        cursor.execute(sql.SQL("{} LIMIT {}").format(changed, _MAX_STUDENTS_ASKED_FOR + 1))
        found = [str(student) for (student,) in cursor.fetchall()]
    return found if len(found) <= _MAX_STUDENTS_ASKED_FOR else None


def _of_table(
    snapshot: Snapshot, table: FrozenTable, slug: str, *, counted: sql.Composable, students: list[str] | None
) -> Iterator[ChangesSince]:
    was = frozen_with_versions(snapshot, table.name)
    if students is not None:
        student = cell(snapshot, table.name, table.roles["student"])
        was = _AMONG.format(query=was, student=student, students=sql.Literal(students))
    school = school_in(table.roles) or table.roles["student"]
    query = _CHANGES.format(
        counted=counted,
        live=sql.SQL("SELECT cells, version FROM ({}) line (table_name, cells, version)").format(table.query),
        was=was,
        student=table.columns.index(table.roles["student"]) + 1,
        school=table.columns.index(school) + 1,
    )
    with raw_cursor() as cursor:
        cursor.execute(query)
        for identifier, *counts in cursor.fetchall():
            added, changed, withdrawn = (int(str(count)) for count in counts)
            yield ChangesSince(slug, str(identifier or ""), "", added, changed, withdrawn)
