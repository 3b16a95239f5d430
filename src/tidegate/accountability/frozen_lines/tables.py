"""Which tables a snapshot freezes, in which columns: queries that write each cell as one text, always the same."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import models
from psycopg import sql

from tidegate.accountability.periods.period import Period
from tidegate.core.layouts.column_types import Choice
from tidegate.core.layouts.column_types import Code as CodeColumn
from tidegate.core.layouts.layout import VALUE
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.enrollments import PRIMARY
from tidegate.file_types import find
from tidegate.records.models import Enrollment, StudentVersion
from tidegate.records.stored_lines import StoredLines, field_of, lines_of, rests_on, stored_lines
from tidegate.reference.copy_rows import table_of
from tidegate.reference.models import Code, Organization
from tidegate.reference.organization_keys import identifier_of

SCHOOL_YEAR = "school_year"
STUDENTS, ORGANIZATIONS, CODES = "students", "organizations", "codes"
_DAY, _MOMENT = "YYYY-MM-DD", 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
_ROW = sql.SQL("SELECT {name}::varchar, ARRAY[{cells}]::text[], {version} FROM {rows}")
_LINES = sql.SQL(
    "{table} line JOIN counted ON counted.student = line.{student}"
    " WHERE line.replaced_at IS NULL AND line.school_year_id <= {year}"
)
_OF_STUDENTS = sql.SQL("{table} line JOIN counted ON counted.student = line.student_id WHERE line.replaced_at IS NULL")
_COUNTED = sql.SQL("SELECT {student} AS student FROM {table} WHERE school_year_id = {year} AND replaced_at IS NULL")
_LEAVERS = sql.SQL("""
    SELECT student_id AS student FROM {table}
    WHERE school_year_id = {before} AND enrollment_type = {primary} AND replaced_at IS NULL
        AND date_trunc('quarter', exit_date) + interval '6 months' BETWEEN {first_day} AND {last_day}
""")
# A copy that an undo restored keeps the time of the version that it is a copy of.
_CHANGED = sql.SQL("""
    SELECT {student} AS student FROM {table}
    WHERE school_year_id <= {year} AND (brought_at >= {since} OR put_back_at >= {since} OR replaced_at >= {since})
""")
PLACEMENT = "placement"
"""The outcome that says where a student is in the second quarter after leaving school."""
_YEAR_NAME = sql.SQL("line.school_year_id::text || '-' || (line.school_year_id + 1)::text")


@dataclass(frozen=True)
class FrozenTable:
    """A table of a snapshot: its name, its columns, and the query of its lines as name, cells and version.

    `roles` says which column has what a report asks for: the student, the organizations, and of lines of a program its
    school, code (with the name of the code's list), first and last day. `counted_by` and `outcomes` have what
    students are counted by and what they have attained: the column, its title, and what its values mean.
    """

    name: str
    columns: tuple[str, ...]
    query: sql.Composable
    roles: Mapping[str, Any] = field(default_factory=dict)


def lines_frozen_by(period: Period) -> tuple[StoredLines, ...]:
    """Return the stored lines that a period freezes: those of its file types, and what they rest on."""
    named = [lines for slug in period.file.file_types if (lines := lines_of(find(slug)))]
    models_named = {model for lines in named for model in (lines.model, *rests_on(lines.model))}
    return tuple(lines for lines in stored_lines() if lines.model in models_named)


def frozen_tables(period: Period, school_year: SchoolYear) -> Iterator[FrozenTable]:
    """Yield the tables of a snapshot. The queries of lines and students join `counted`, the students of the period."""
    for lines in lines_frozen_by(period):
        yield _of_lines(lines, school_year)
    yield _of_students()
    named = {"identifier": _name("identifier"), "parent": sql.SQL("{}::text").format(identifier_of("line.parent_id"))}
    yield _of_model(ORGANIZATIONS, Organization, named, "name", "kind", "local_id")
    yield _of_model(CODES, Code, {}, "list_name", "code", "title", "first_year", "last_year")


def school_in(roles: Mapping[str, Any]) -> str:
    """Return the column with the school of a line, by the roles of its table; its first organization where it has no
    school, blank where it has neither."""
    named = roles["organizations"]
    return "school" if "school" in named else next(iter(named), "")


def students_counted(period: Period, school_year: SchoolYear) -> sql.Composable:
    """Return the query of the students of a snapshot, each once: those with a line of the school year, and where the
    period has placements those who are asked for theirs in it."""
    queries: list[sql.Composable] = [
        _COUNTED.format(
            student=sql.Identifier(_student(lines)), table=sql.Identifier(table_of(lines.model)), year=school_year.first
        )
        for lines in lines_frozen_by(period)
    ]
    if any(PLACEMENT in lines.model.outcomes for lines in lines_frozen_by(period)):
        queries.append(_leavers(school_year))
    return sql.SQL(" UNION ").join(queries)


def students_changed(period: Period, school_year: SchoolYear, since: datetime) -> sql.Composable:
    """Return the query of the students, each once, of whom a version of a line that a snapshot freezes, or asks who is
    counted, began or ended at a moment or later."""
    frozen = {lines.model for lines in lines_frozen_by(period)} | {Enrollment}
    tables = {table_of(lines.model): _student(lines) for lines in stored_lines() if lines.model in frozen}
    return sql.SQL(" UNION ").join(
        _CHANGED.format(
            student=sql.Identifier(student),
            table=sql.Identifier(table),
            year=school_year.first,
            since=sql.Literal(since),
        )
        for table, student in tables.items()
    )


def _leavers(school_year: SchoolYear) -> sql.Composable:
    """Return the query of the students whose second quarter after leaving school is in the school year: they are asked
    in it where they are, and most of them have no line of it."""
    return _LEAVERS.format(
        table=sql.Identifier(table_of(Enrollment)),
        before=school_year.first - 1,
        primary=PRIMARY,
        first_day=school_year.first_day,
        last_day=school_year.last_day,
    )


def _of_lines(lines: StoredLines, school_year: SchoolYear) -> FrozenTable:
    """Return the current lines, of this and earlier years, of the students. What is about a person and no report
    reads, as a comment, is left out."""
    read = {*lines.model.counted_by.values(), *lines.model.outcomes.values()}
    cells: dict[str, sql.Composable] = {SCHOOL_YEAR: _YEAR_NAME}
    for column in lines.table.columns:
        described = lines.layout.columns.get(column.title)
        of = field_of(lines.model, column.field)
        if described is None or not described.personal or column.is_student or of.name in read:
            cells[of.name] = _identifier(of) if column.is_organization else _text_of(of)
    rows = _LINES.format(
        table=sql.Identifier(table_of(lines.model)), student=sql.Identifier(_student(lines)), year=school_year.first
    )
    return replace(_table(lines.table.name, cells, rows), roles=_roles(lines))


def _roles(lines: StoredLines) -> dict[str, Any]:
    columns = lines.table.columns
    names = {column.row: field_of(lines.model, column.field).name for column in columns}
    roles: dict[str, Any] = {
        "student": names[lines.table.student],
        "organizations": [names[column.row] for column in columns if column.is_organization],
    }
    if lines.taught and lines.first_day:
        school, code = (field_of(lines.model, column).name for column in lines.taught)
        listed = (column.type for column in lines.layout.columns.values() if isinstance(column.type, CodeColumn))
        roles |= {"school": school, "code": code, "list": next(listed).list_name, "first_day": names[lines.first_day]}
        roles |= {"last_day": names[lines.last_day]} if lines.last_day else {}
    if lines.taught and lines.model.outcomes:
        school, code = (field_of(lines.model, column).name for column in lines.taught)
        roles["attained_in"] = {"school": school, "code": code}
    read = {"counted_by": lines.model.counted_by, "outcomes": lines.model.outcomes}
    of_reports = {role: {as_: _described(lines, name) for as_, name in named.items()} for role, named in read.items()}
    return roles | {role: columns for role, columns in of_reports.items() if columns}


def _described(lines: StoredLines, name: str) -> dict[str, Any]:
    """Return the column that a field is frozen in, its title, and what its values mean."""
    of = field_of(lines.model, name)
    row = next(row for row, field in lines.fields.items() if field is of)
    described = lines.layout.columns.get(row.removesuffix(VALUE))
    values = described.type.choices if described and isinstance(described.type, Choice) else {}
    return {"column": of.name, "title": str(of.verbose_name), "values": dict(values)}


def _of_students() -> FrozenTable:
    names = ("student", "last_name", "first_name", "middle_name", "suffix", "date_of_birth", "gender")
    cells = {name: _text_of(field_of(StudentVersion, name)) for name in names}
    return _table(STUDENTS, cells, _OF_STUDENTS.format(table=sql.Identifier(table_of(StudentVersion))))


def _of_model(name: str, model: type[models.Model], first: Mapping[str, sql.Composable], *fields: str) -> FrozenTable:
    cells = {**first, **{each: _text_of(field_of(model, each)) for each in fields}}
    return _table(
        name, cells, sql.SQL("{} line").format(sql.Identifier(table_of(model))), version=sql.SQL("NULL::bigint")
    )


def _table(
    name: str, cells: Mapping[str, sql.Composable], rows: sql.Composable, *, version: sql.Composable | None = None
) -> FrozenTable:
    query = _ROW.format(
        name=name,
        cells=sql.SQL(", ").join(cells.values()),
        version=version or sql.SQL("line.id"),
        rows=rows,
    )
    return FrozenTable(name, tuple(cells), query)


def _student(lines: StoredLines) -> str:
    return str(lines.fields[lines.table.student].column)


def _name(column: str) -> sql.Composable:
    return sql.Identifier("line", column)


def _identifier(of: "models.Field[Any, Any]") -> sql.Composable:
    return sql.SQL("{}::text").format(identifier_of(f"line.{of.column}"))


def _text_of(of: "models.Field[Any, Any]") -> sql.Composable:
    """Return SQL that writes a field as one text, whatever the session's settings and the column's scale; a blank text
    is null."""
    column = _name(str(of.column))
    match "ForeignKey" if of.is_relation else of.get_internal_type():
        case "DateField":
            return sql.SQL("to_char({}, {})").format(column, _DAY)
        case "DateTimeField":
            return sql.SQL("to_char({} AT TIME ZONE 'UTC', {})").format(column, _MOMENT)
        case "DecimalField":
            return sql.SQL("trim_scale({})::text").format(column)
        case _:
            return sql.SQL("NULLIF({}::text, '')").format(column)
