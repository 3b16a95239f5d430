"""A technical school's year: where its students come from, and whose enrollment and lines do not match."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from psycopg import sql

from tidegate.core.reference.enrollments import CONCURRENT, PRIMARY
from tidegate.records.models import Enrollment
from tidegate.records.stored_lines import StoredLines, rests_on, stored_lines
from tidegate.reference.copy_rows import raw_cursor, table_of
from tidegate.reference.models import Organization, SchoolYear

_SENT = """
WITH here AS (
    SELECT DISTINCT student_id FROM records_enrollment
    WHERE school_id = %(school)s AND school_year_id = %(year)s AND replaced_at IS NULL AND enrollment_type = %(at)s
), sent AS (
    SELECT DISTINCT ON (student_id) student_id, sau_id FROM here JOIN records_enrollment known USING (student_id)
    WHERE known.school_year_id = %(year)s AND known.replaced_at IS NULL AND known.enrollment_type = %(from)s
    ORDER BY student_id, known.entry_date DESC
)
"""
_SENDING = f"""{_SENT}
SELECT sau_id, count(*) FROM here LEFT JOIN sent USING (student_id) GROUP BY sau_id ORDER BY count(*) DESC, sau_id
"""
_FROM = f"""{_SENT}
SELECT student_id FROM here LEFT JOIN sent USING (student_id) WHERE sau_id IS NOT DISTINCT FROM %(district)s
ORDER BY student_id OFFSET %(start)s LIMIT %(limit)s
"""
_WITHOUT_LINE = sql.SQL("""
    SELECT DISTINCT student_id FROM records_enrollment known
    WHERE school_id = {school} AND school_year_id = {year} AND replaced_at IS NULL AND enrollment_type = {at}
      AND NOT EXISTS (SELECT FROM {table} line WHERE line.student_id = known.student_id
        AND line.{place} = {school} AND line.school_year_id = {year} AND line.replaced_at IS NULL)
""")
_WITHOUT_ENROLLMENT = sql.SQL("""
    SELECT DISTINCT student_id FROM {table} line
    WHERE {place} = {school} AND school_year_id = {year} AND replaced_at IS NULL
      AND NOT EXISTS (SELECT FROM records_enrollment known WHERE known.student_id = line.student_id
        AND known.school_id = {school} AND known.school_year_id = {year} AND known.replaced_at IS NULL
        AND known.enrollment_type = {at})
""")
KINDS = {"without-line": _WITHOUT_LINE, "without-enrollment": _WITHOUT_ENROLLMENT}
"""What can be missing, by its name in addresses: the line of an enrollment, or the enrollment of a line."""


class Sending(NamedTuple):
    """How many of a technical school's students a district sends; None is not known."""

    district: Organization | None
    student_count: int


@dataclass(frozen=True)
class Unmatched:
    """How many students of a technical school have an enrollment without a line of a file type, or the other way."""

    lines: StoredLines
    without_line_count: int
    without_enrollment_count: int


def sending_districts(school: Organization, school_year: SchoolYear) -> list[Sending]:
    """Return the districts whose students are enrolled at a technical school, those with the most students first."""
    counted = _ask_sending(_SENDING, school, school_year)
    districts = Organization.objects.in_bulk({pk for pk, _ in counted if pk is not None})
    return [Sending(districts.get(pk), count) for pk, count in counted]


def find_sent(
    district: Organization | None, school: Organization, school_year: SchoolYear, *, start: int, limit: int
) -> Sequence[str]:
    """Return the numbers of the students whom a district sends to a technical school, in order.

    Args:
        district: The district; None is of those whose district is not known.
        school: The technical school.
        school_year: The school year.
        start: How many numbers are left out.
        limit: How many numbers are returned at most.
    """
    asked = {"district": district.pk if district else None, "start": start, "limit": limit}
    return [str(number) for (number,) in _ask_sending(_FROM, school, school_year, **asked)]


def _ask_sending(
    query: str, school: Organization, school_year: SchoolYear, **asked: int | None
) -> list[tuple[Any, ...]]:
    values = {"school": school.pk, "year": school_year.first, "at": CONCURRENT, "from": PRIMARY, **asked}
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def taught_lines() -> list[StoredLines]:
    """Return the stored lines that rest on enrollments and name a school and what it teaches."""
    return [lines for lines in stored_lines() if lines.taught and Enrollment in rests_on(lines.model)]


def unmatched_at(school: Organization, school_year: SchoolYear) -> list[Unmatched]:
    """Return for each file type whose lines rest on enrollments how many students lack one of the two."""
    return [Unmatched(lines, *(_count(lines, kind, school, school_year) for kind in KINDS)) for lines in taught_lines()]


def find_unmatched(
    lines: StoredLines, kind: str, school: Organization, school_year: SchoolYear, *, start: int, limit: int
) -> Sequence[str]:
    """Return the numbers of the students who lack one of the two, in order.

    Args:
        lines: The stored lines of a file type.
        kind: What is missing, one of `KINDS`.
        school: The technical school.
        school_year: The school year.
        start: How many numbers are left out.
        limit: How many numbers are returned at most.
    """
    query = sql.SQL("SELECT student_id FROM ({}) found ORDER BY student_id OFFSET {} LIMIT {}").format(
        _without(lines, kind, school, school_year), sql.Literal(start), sql.Literal(limit)
    )
    return [str(number) for (number,) in _ask(query)]


def _count(lines: StoredLines, kind: str, school: Organization, school_year: SchoolYear) -> int:
    query = sql.SQL("SELECT count(*) FROM ({}) found").format(_without(lines, kind, school, school_year))
    ((count,),) = _ask(query)
    return int(str(count))


def _without(lines: StoredLines, kind: str, school: Organization, school_year: SchoolYear) -> sql.Composed:
    assert lines.taught, "Only of lines that name a school"
    return KINDS[kind].format(
        table=sql.Identifier(table_of(lines.model)),
        place=sql.Identifier(lines.taught[0]),
        school=sql.Literal(school.pk),
        year=sql.Literal(school_year.first),
        at=sql.Literal(CONCURRENT),
    )


def _ask(query: sql.Composed) -> Iterable[tuple[object, ...]]:
    with raw_cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()
