"""Who is enrolled at a technical school, and is a participant or concentrator by a definition, as SQL over the frozen
lines of a snapshot: one row for each student, school and program. The base is the enrollment, so that a student without
a line is in it."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple, TypeAlias

from psycopg import sql

from tidegate.accountability.counting.concentrators import course_cells, program_status
from tidegate.accountability.counting.counted_students import DIMENSIONS
from tidegate.accountability.counting.students_at_schools import students_at_schools
from tidegate.accountability.definitions.definition import Definition
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.frozen_lines.materialize import CountedRows, rows_within
from tidegate.accountability.models import Snapshot
from tidegate.reference.copy_rows import raw_cursor

Measure: TypeAlias = Literal["enrolled", "no-line", "participants", "one-short", "concentrators"]
MEASURES: Mapping[str, sql.SQL] = {
    "enrolled": sql.SQL("true"),
    "no-line": sql.SQL("NOT has_line"),
    "participants": sql.SQL("participant_since IS NOT NULL"),
    "one-short": sql.SQL("is_one_short"),
    "concentrators": sql.SQL("concentrator_since IS NOT NULL"),
}
"""What is counted, and the rows of `enrolled_student` that count."""
# A student counts in a program at the school that taught it or, where the student is enrolled at none such any more, at
# each school of the student.
_ENROLLED = sql.SQL("""
    {at_schools}, all_schools AS (SELECT student, array_agg(school) AS all_schools FROM taught GROUP BY student),
    status AS MATERIALIZED ({status}),
    finished AS (SELECT DISTINCT student FROM status WHERE concentrator_since IS NOT NULL),
    earned AS MATERIALIZED (
        SELECT {student} AS student, {school} AS school, {program} AS program, sum({credits}) AS earned
        FROM {lines} line WHERE {year} = {school_year} GROUP BY 1, 2, 3
    ), studied AS (
        SELECT student, taught.school, program, courses, participant_since, concentrator_since
        FROM taught JOIN all_schools USING (student) JOIN status USING (student)
        WHERE taught.school = ANY(schools) OR NOT schools && all_schools
    ), with_line AS (SELECT DISTINCT student, school, true AS has_line FROM earned),
    enrolled_student AS (
        SELECT student, school, program, COALESCE(sent.grade, taught.grade) AS grade, gender, sent.sau,
            last_name, first_name, courses, COALESCE(earned, 0) AS earned, participant_since, concentrator_since,
            COALESCE(has_line, false) AS has_line,
            COALESCE(courses = {one_short} AND finished.student IS NULL, false) AS is_one_short
        FROM taught
            LEFT JOIN studied USING (student, school)
            LEFT JOIN earned USING (student, school, program)
            LEFT JOIN with_line USING (student, school)
            LEFT JOIN finished USING (student)
            LEFT JOIN sent USING (student)
            LEFT JOIN person USING (student)
    )
""")
_STUDENTS = sql.SQL("""
    SELECT student, last_name, first_name, school, program, grade, gender, sau, courses, trim_scale(earned),
        participant_since, concentrator_since
    FROM enrolled_student WHERE {where}
    ORDER BY student COLLATE "C", school COLLATE "C", program COLLATE "C" OFFSET {start} LIMIT {limit}
""")
_COLUMNS = {
    "grade": "text",
    "gender": "text",
    "sau": "text",
    "last_name": "text",
    "first_name": "text",
    "courses": "integer",
    "earned": "numeric",
    "participant_since": "text",
    "concentrator_since": "text",
    "has_line": "boolean",
    "is_one_short": "boolean",
}


class EnrolledStudent(NamedTuple):
    """A student who is enrolled at a technical school, with a program of theirs; blank is not known or none.

    `courses` are those of all years, `credits` those that the school gave in the year; the school years say since when
    the student is a participant or concentrator, blank is that the student is none.
    """

    number: str
    last_name: str
    first_name: str
    school: str
    program: str
    grade: str
    gender: str
    sau: str
    courses: str
    credits: str
    participant_since: str
    concentrator_since: str


def enrolled(snapshot: Snapshot, definition: Definition, *, reach: Reach) -> sql.Composable:
    """Return a WITH that ends in `enrolled_student`: student, the dimensions, the name, and what MEASURES ask."""
    return rows_within(snapshot, enrolled_rows(snapshot, definition), reach=reach)


def enrolled_rows(snapshot: Snapshot, definition: Definition) -> CountedRows:
    """Return the rows of `enrolled_student`."""
    return CountedRows(
        "enrolled_student",
        "participants and concentrators",
        _enrolled(snapshot, definition),
        sql.SQL("ARRAY[sau]"),
        _COLUMNS,
    )


def _enrolled(snapshot: Snapshot, definition: Definition) -> sql.Composable:
    """Return the WITH of the whole state."""
    at_schools = students_at_schools(snapshot, is_on_day=definition.file.base == "count-day", is_sent_by_latest=True)
    return _ENROLLED.format(
        at_schools=at_schools,
        school_year=snapshot.school_year.name,
        status=program_status(snapshot, definition),
        **{name: each for name, each in course_cells(snapshot, definition.file).items() if name != "code"},
        one_short=definition.file.courses_needed - 1,
    )


def places_counted(snapshot: Snapshot, definition: Definition, measure: str, *, reach: Reach) -> sql.Composable:
    """Return the query of the students who are counted by a measure, each with the schools at which they are."""
    return sql.SQL("{} SELECT DISTINCT student, school FROM enrolled_student WHERE {}").format(
        enrolled(snapshot, definition, reach=reach), MEASURES[measure]
    )


def enrolled_students(
    snapshot: Snapshot,
    definition: Definition,
    chosen: Mapping[str, str],
    *,
    reach: Reach,
    unlike: Definition | None = None,
    start: int = 0,
    limit: int | None = None,
) -> Iterator[EnrolledStudent]:
    """Yield the students behind a number, in order.

    Args:
        snapshot: The snapshot.
        definition: The definition of participants and concentrators.
        chosen: The value of each dimension that the number is of, where blank is none or not known; and as `measure`
            what is counted, where it is not all who are enrolled.
        reach: The organizations whose students may be seen.
        unlike: Only students who do not count at the school by this other definition.
        start: How many rows are left out.
        limit: How many rows are returned at most.
    """
    where: list[sql.Composable] = [MEASURES[chosen.get("measure", "enrolled")]]
    where += [
        sql.SQL("{} IS NOT DISTINCT FROM {}").format(sql.Identifier(name), sql.Literal(chosen[name] or None))
        for name in DIMENSIONS
        if name in chosen
    ]
    if unlike is not None:
        counted = places_counted(snapshot, unlike, chosen.get("measure", "enrolled"), reach=reach)
        where.append(sql.SQL("(student, school) NOT IN ({})").format(counted))
    students = _STUDENTS.format(where=sql.SQL(" AND ").join(where), start=start, limit=sql.Literal(limit))
    with raw_cursor() as cursor:
        for row in cursor.stream(sql.SQL("{} {}").format(enrolled(snapshot, definition, reach=reach), students)):
            yield EnrolledStudent(*("" if each is None else str(each) for each in row))
