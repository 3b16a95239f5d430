"""Who is enrolled at a technical school, and which district sends each student: the beginning of every query that
counts students, as SQL over the frozen lines of a snapshot."""

from psycopg import sql

from tidegate.accountability.frozen_lines.cells import cell, frozen
from tidegate.accountability.frozen_lines.tables import ORGANIZATIONS, SCHOOL_YEAR, STUDENTS
from tidegate.accountability.models import Snapshot
from tidegate.core.reference.enrollments import PRIMARY
from tidegate.core.reference.organizations import CTE_SCHOOL
from tidegate.records.models import Enrollment

_AT_SCHOOLS = sql.SQL("""
    WITH organization AS MATERIALIZED (SELECT {identifier} AS id, {kind} AS kind FROM {organizations} line),
    enrollment AS MATERIALIZED (
        SELECT {student} AS student, {school} AS school, {sau} AS sau, {enrollment_type} AS type,
            {grade_level} AS grade, {entry_date} AS entry
        FROM {enrollments} line WHERE {year} = {school_year} AND {counts}
    ), taught AS (
        SELECT student, school, min(grade COLLATE "C") AS grade FROM enrollment JOIN organization ON id = school
        WHERE kind = {cte_school} GROUP BY student, school
    ), sent AS (
        SELECT DISTINCT ON (student) student, sau, grade FROM enrollment WHERE type = {primary}
        ORDER BY student, {latest} sau COLLATE "C", grade COLLATE "C"
    ), person AS (
        SELECT {person} AS student, {gender} AS gender, {last_name} AS last_name, {first_name} AS first_name
        FROM {students} line
    )
""")
# Days are texts like 2020-10-01, whose order in the collation "C" is that of the days. An enrollment is active from its
# entry date up to but not including its exit date: one that ends on the day on which it begins covers no day (decision
# 8), which one that is active on a day need not be asked.
_ON_DAY = sql.SQL("""{entry} COLLATE "C" <= {day} AND ({exit} IS NULL OR {exit} COLLATE "C" > {day})""")
_ON_ANY_DAY = sql.SQL("""({exit} IS NULL OR {exit} COLLATE "C" > {entry} COLLATE "C")""")
_LATEST = sql.SQL("""entry COLLATE "C" DESC,""")
_OF_ENROLLMENTS = ("student", "school", "sau", "enrollment_type", "grade_level", "entry_date")
_OF_STUDENTS = ("gender", "last_name", "first_name")


def students_at_schools(snapshot: Snapshot, *, is_on_day: bool, is_sent_by_latest: bool) -> sql.Composable:
    """Return a WITH of `taught` (student, school and grade), `sent` (student, sau and grade) and `person` (student,
    gender and the name).

    Args:
        snapshot: The snapshot.
        is_on_day: Whether only enrollments count that are active on the count day; otherwise all of the school year do.
        is_sent_by_latest: Whether, of several districts that send a student, the one with the latest entry date is
            taken; otherwise, and among equals, the first by its ID.
    """
    lines = Enrollment.base_name
    entry, exit_ = cell(snapshot, lines, "entry_date"), cell(snapshot, lines, "exit_date")
    counts = _ON_DAY if is_on_day else _ON_ANY_DAY
    return _AT_SCHOOLS.format(
        identifier=cell(snapshot, ORGANIZATIONS, "identifier"),
        kind=cell(snapshot, ORGANIZATIONS, "kind"),
        organizations=frozen(snapshot, ORGANIZATIONS),
        **{name: cell(snapshot, lines, name) for name in _OF_ENROLLMENTS},
        enrollments=frozen(snapshot, lines),
        year=cell(snapshot, lines, SCHOOL_YEAR),
        school_year=snapshot.school_year.name,
        counts=counts.format(entry=entry, exit=exit_, day=snapshot.count_day.isoformat()),
        cte_school=str(CTE_SCHOOL),
        primary=PRIMARY,
        latest=_LATEST if is_sent_by_latest else sql.SQL(""),
        person=cell(snapshot, STUDENTS, "student"),
        **{name: cell(snapshot, STUDENTS, name) for name in _OF_STUDENTS},
        students=frozen(snapshot, STUDENTS),
    )
