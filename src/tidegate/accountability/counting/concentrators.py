"""Who is a participant and who a concentrator by a definition, as SQL over the frozen lines of a snapshot: one row for
each student and program."""

from collections.abc import Mapping
from typing import Any

from psycopg import sql

from tidegate.accountability.definitions.definition import Definition, DefinitionFile, lines_with_courses
from tidegate.accountability.frozen_lines.cells import cell, frozen
from tidegate.accountability.frozen_lines.tables import SCHOOL_YEAR
from tidegate.accountability.models import Snapshot
from tidegate.core.errors import Conflict
from tidegate.core.reference.enrollments import PRIMARY
from tidegate.records.models import Enrollment
from tidegate.records.stored_lines import StoredLines

_LENGTHS = {2: 2, 4: 5, 6: 7}
"""How many characters of a CIP code have so many digits."""
# Years are texts like 2020-2021, whose order in the collation "C" is that of the years. Courses add up over the years,
# and so does what is left over of a credit.
_STATUS = sql.SQL("""
    WITH line AS (
        SELECT {student} AS student, {program} AS program, {year} COLLATE "C" AS year, {school} AS school,
            {credits} AS credits
        FROM {lines} line WHERE {code} IS NOT NULL
    ), yearly AS (
        SELECT student, program, year, sum(credits) AS credits, {amount} AS amount
        FROM line GROUP BY student, program, year
    ), so_far AS (
        SELECT *, {courses} AS courses FROM yearly WINDOW so_far AS (PARTITION BY student, program ORDER BY year)
    ), reached AS (
        SELECT student, program, max(courses)::integer AS courses, sum(credits) AS credits,
            COALESCE(sum(credits) FILTER (WHERE year = {school_year}), 0) AS credits_in_year,
            max(year) FILTER (WHERE amount > 0) AS last_year,
            min(year) FILTER (WHERE courses >= {for_participant}) AS participant,
            min(year) FILTER (WHERE courses >= {for_concentrator}) AS concentrator
        FROM so_far GROUP BY student, program
    ), taught AS (
        SELECT student, program, array_agg(DISTINCT school) AS schools FROM line GROUP BY student, program
    )
    SELECT student, program, schools, courses, credits, credits_in_year,
        CASE WHEN {stays} THEN {participant} END AS participant_since,
        CASE WHEN {stays} THEN {concentrator} END AS concentrator_since
    FROM reached JOIN taught USING (student, program) {of_grades}
""")
# A program that was taught at two schools is there once for each.
_CONCENTRATORS = sql.SQL("""
    SELECT student, unnest(schools) AS school, program FROM ({status}) status WHERE concentrator_since IS NOT NULL
""")
_SINCE = sql.SQL("(SELECT min(each) FROM unnest(years) each WHERE each >= {})")
# Who has the courses before one of the grades is reached is a participant or concentrator from that grade on.
_OF_GRADES = sql.SQL("""
    LEFT JOIN (
        SELECT student, array_agg(year) AS years FROM (
            SELECT DISTINCT ON (student, year) {student} AS student, {year} COLLATE "C" AS year, {grade} AS grade
            FROM {enrollments} line
            ORDER BY 1, 2, {type} = {primary} DESC, {entry} COLLATE "C" DESC, {grade} COLLATE "C" NULLS LAST
        ) attended WHERE grade = ANY({grades}) GROUP BY student
    ) of_grades USING (student)
""")


def program_status(snapshot: Snapshot, definition: Definition) -> sql.Composable:
    """Return the query of who is a participant or concentrator at the end of a snapshot's school year.

    Its rows are the students and programs with a line of this or an earlier year: `student`, `program` (as many digits
    of the code as the definition says), `schools` (an array of those that taught it), `courses` and `credits` (of all
    years), `credits_in_year` (of the snapshot's), `participant_since` and `concentrator_since` (the school year, such
    as 2020-2021, in which the student became one; null is that the student is none). It is a SELECT, to be put in
    parentheses after FROM.
    """
    file = definition.file
    reached = {name: sql.Identifier(name) for name in ("participant", "concentrator")}
    since = {name: _SINCE.format(column) if file.grades else column for name, column in reached.items()}
    return _STATUS.format(
        **course_cells(snapshot, file),
        **_counted_courses(file),
        school_year=snapshot.school_year.name,
        for_participant=file.courses_for_participant,
        for_concentrator=file.courses_needed,
        stays=sql.SQL("true") if file.sticky else sql.SQL("last_year = {}").format(snapshot.school_year.name),
        of_grades=_of_grades(snapshot, file) if file.grades else sql.SQL(""),
        **since,
    )


def concentrators(snapshot: Snapshot, definition: Definition) -> sql.Composable:
    """Return the query of the concentrators at the end of a snapshot's school year: `student`, `program`, and each
    `school` that taught it."""
    return _CONCENTRATORS.format(status=program_status(snapshot, definition))


def course_cells(snapshot: Snapshot, file: DefinitionFile) -> dict[str, sql.Composable]:
    """Return SQL for the frozen lines in which courses are, as `lines`, and for their cells: `student`, `year`,
    `school`, `code`, `program` and `credits`."""
    lines = lines_with_courses(file)
    table = _table_of(snapshot, lines)
    name = table["name"]
    cells = {role: cell(snapshot, name, table[role]) for role in ("student", "school", "code")}
    return {
        **cells,
        "lines": frozen(snapshot, name),
        "year": cell(snapshot, name, SCHOOL_YEAR),
        "program": program_of(file, cells["code"]),
        "credits": _credits(snapshot, name, file, lines),
    }


def program_of(file: DefinitionFile, code: sql.Composable) -> sql.Composable:
    """Return SQL for the program that a code is of."""
    return sql.SQL("left({}, {})").format(code, _LENGTHS[file.program_digits]) if file.program_digits else code


def _table_of(snapshot: Snapshot, lines: StoredLines) -> Mapping[str, Any]:
    """Return what a snapshot says of the table in which courses are. Raises Conflict where it has frozen none such."""
    found = next((table for table in snapshot.tables if table["name"] == lines.table.name), None)
    if found is None or "code" not in found:
        raise Conflict(
            f"Snapshot {snapshot.pk} has no {lines.table.noun[1]}, in which the definition looks for courses",
            fix="Choose a snapshot of a period that counts them",
            code="NO_COURSES",
        )
    return dict(found)


def _credits(snapshot: Snapshot, table: str, file: DefinitionFile, lines: StoredLines) -> sql.Composable:
    if not file.credits:
        return sql.SQL("0::numeric")
    return sql.SQL("COALESCE({}::numeric, 0)").format(cell(snapshot, table, lines.fields[f"{file.credits}:value"].name))


def _counted_courses(file: DefinitionFile) -> dict[str, sql.Composable]:
    """Return SQL for what a year's lines in a program are worth, and for the courses up to a year."""
    per_course = sql.Literal(file.credits_per_course)
    if file.course_unit == "credits":
        courses = sql.SQL("floor(sum(amount) OVER so_far / {})").format(per_course)
        return {"amount": sql.SQL("sum(credits)"), "courses": courses}
    amount = sql.SQL("count(*) FILTER (WHERE credits >= {})").format(per_course)
    return {"amount": amount, "courses": sql.SQL("sum(amount) OVER so_far")}


def _of_grades(snapshot: Snapshot, file: DefinitionFile) -> sql.Composable:
    lines = Enrollment.base_name
    columns = {"student": "student", "year": SCHOOL_YEAR, "grade": "grade_level"}
    columns |= {"type": "enrollment_type", "entry": "entry_date"}
    return _OF_GRADES.format(
        **{name: cell(snapshot, lines, column) for name, column in columns.items()},
        enrollments=frozen(snapshot, lines),
        primary=PRIMARY,
        grades=sql.Literal(list(file.grades)),
    )
