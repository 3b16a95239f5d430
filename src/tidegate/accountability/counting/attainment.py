"""What students have attained, and how they left, as SQL over the frozen lines of a snapshot."""

from collections.abc import Mapping
from typing import Any

from psycopg import sql

from tidegate.accountability.counting.concentrators import program_of
from tidegate.accountability.definitions.definition import Definition
from tidegate.accountability.frozen_lines.cells import cell, frozen
from tidegate.accountability.frozen_lines.tables import SCHOOL_YEAR
from tidegate.accountability.models import Snapshot
from tidegate.core.reference.enrollments import PRIMARY
from tidegate.records.models import Enrollment

_CONCENTRATORS = sql.SQL("""
    SELECT student, school, program, attained.student IS NOT NULL AS is_met
    FROM concentrator LEFT JOIN ({attained}) attained USING (student, program)
    WHERE student IN ({students})
""")
_ATTAINED = sql.SQL("""
    SELECT DISTINCT {student} AS student, {program} AS program FROM {lines} line WHERE {value}
""")
_GRADUATES = sql.SQL("""
    SELECT {student} AS student FROM {enrollments} line
    WHERE {year} = {school_year} AND {type} = {primary} AND {exit_type} = ANY({graduated})
""")
_LEAVERS = sql.SQL("""
    SELECT student FROM (
        SELECT DISTINCT ON ({student}) {student} AS student, {exit} AS exit, {exit_type} AS exit_type
        FROM {enrollments} line
        WHERE {year} IN ({school_year}, {before}) AND {type} = {primary}
        ORDER BY {student}, {entry} COLLATE "C" DESC, {exit} COLLATE "C" DESC NULLS FIRST
    ) last_enrollment
    WHERE date_trunc('quarter', exit::date) + interval '6 months' BETWEEN {first_day} AND {last_day}
        AND ({any_exit} OR exit_type = ANY({left_school}))
""")


def concentrators_who(*, students: sql.Composable, attained: sql.Composable) -> sql.Composable:
    """Return the query of an indicator's base: those in `concentrator` among some students, and which of them met it.

    Args:
        students: The query of the students.
        attained: The query of the students and programs that met it, each once: see `attained_in_program`.
    """
    return _CONCENTRATORS.format(students=students, attained=attained)


def attained_in_program(
    snapshot: Snapshot, definition: Definition, outcome: str, value: sql.SQL, *, values: Mapping[str, Any] | None = None
) -> sql.Composable:
    """Return the query of the students who have attained an outcome, and the programs in which they have.

    Args:
        snapshot: The snapshot.
        definition: The definition, which says what a program is.
        outcome: The name that the state's model has for it under `outcomes`.
        value: The condition on the line: `{value}` is the cell, `{year}` its school year.
        values: What else stands in the condition.
    """
    table = table_with(snapshot, outcome)
    assert table is not None  # whoever asks has seen that there is one
    name = table["name"]
    return _ATTAINED.format(
        lines=frozen(snapshot, name),
        student=cell(snapshot, name, table["student"]),
        program=program_of(definition.file, cell(snapshot, name, table["attained_in"]["code"])),
        value=value.format(
            value=cell(snapshot, name, table["outcomes"][outcome]["column"]),
            year=cell(snapshot, name, SCHOOL_YEAR),
            **dict(values or {}),
        ),
    )


def table_with(snapshot: Snapshot, outcome: str) -> Mapping[str, Any] | None:
    """Return what a snapshot says of the table that has an outcome; None where it has frozen none."""
    return next((table for table in snapshot.tables if outcome in table.get("outcomes", {})), None)


def graduates(snapshot: Snapshot, definition: Definition) -> sql.Composable:
    """Return the query of the students who graduated in the school year."""
    return _GRADUATES.format(**_enrollments(snapshot), graduated=sql.Literal(list(definition.file.graduated)))


def leavers(snapshot: Snapshot, definition: Definition) -> sql.Composable:
    """Return the query of the students whose second quarter after leaving school is in the school year."""
    year = snapshot.school_year.period
    return _LEAVERS.format(
        **_enrollments(snapshot),
        before=f"{year.first - 1}-{year.first}",
        first_day=year.first_day,
        last_day=year.last_day,
        any_exit=not definition.file.left_school,
        left_school=sql.Literal(list(definition.file.left_school)),
    )


def _enrollments(snapshot: Snapshot) -> dict[str, Any]:
    lines = Enrollment.base_name
    named = {"student": "student", "type": "enrollment_type", "entry": "entry_date", "exit": "exit_date"}
    named |= {"exit_type": "exit_type", "year": SCHOOL_YEAR}
    cells: dict[str, Any] = {name: cell(snapshot, lines, column) for name, column in named.items()}
    return cells | {
        "enrollments": frozen(snapshot, lines),
        "primary": PRIMARY,
        "school_year": snapshot.school_year.name,
    }
