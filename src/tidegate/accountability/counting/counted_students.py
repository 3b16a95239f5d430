"""Who is counted on the count day of a snapshot, as SQL over its frozen lines: one row for each student, technical
school and program."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from psycopg import sql

from tidegate.accountability.counting.students_at_schools import students_at_schools
from tidegate.accountability.frozen_lines.cells import Reach, cell, frozen
from tidegate.accountability.frozen_lines.materialize import CountedRows, rows_within
from tidegate.accountability.frozen_lines.tables import CODES, ORGANIZATIONS, SCHOOL_YEAR
from tidegate.accountability.models import Snapshot
from tidegate.reference.copy_rows import raw_cursor

DIMENSIONS = ("school", "program", "grade", "gender", "sau")
"""What students are counted by: columns of the query."""
# A line of a program has its last day in it, other than an enrollment.
_COUNTED = sql.SQL("""
    {at_schools}, program AS ({programs}),
    counted AS (
        SELECT student, school, program.code AS program, COALESCE(sent.grade, taught.grade) AS grade, gender, sent.sau,
            last_name, first_name
        FROM taught LEFT JOIN program USING (student, school) LEFT JOIN sent USING (student)
            LEFT JOIN person USING (student)
    )
""")
_PROGRAM = sql.SQL("""
    SELECT DISTINCT {student} AS student, {school} AS school, {code} AS code FROM {lines} line
    WHERE {year} = {school_year} AND {first_day} COLLATE "C" <= {day}
      AND ({last_day} IS NULL OR {last_day} COLLATE "C" >= {day})
""")
_NO_PROGRAM = sql.SQL("SELECT NULL::text AS student, NULL::text AS school, NULL::text AS code WHERE false")
_STUDENTS = sql.SQL("""
    SELECT student, last_name, first_name, school, program, grade, gender, sau FROM counted
    WHERE {where} ORDER BY student COLLATE "C", school COLLATE "C", program COLLATE "C" OFFSET {start} LIMIT {limit}
""")


class CountedStudent(NamedTuple):
    """A student who is counted, at a technical school in a program; blank is not known or none."""

    number: str
    last_name: str
    first_name: str
    school: str
    program: str
    grade: str
    gender: str
    sau: str


def counted(snapshot: Snapshot, *, reach: Reach) -> sql.Composable:
    """Return a WITH that ends in `counted`: student, the dimensions, and the name."""
    return rows_within(snapshot, counted_rows(snapshot), reach=reach)


def counted_rows(snapshot: Snapshot) -> CountedRows:
    """Return the rows of `counted`."""
    return CountedRows(
        "counted",
        "students on the count day",
        _counted(snapshot),
        sql.SQL("ARRAY[sau]"),
        dict.fromkeys(_COLUMNS, "text"),
    )


def _counted(snapshot: Snapshot) -> sql.Composable:
    """Return the WITH of the whole state."""
    programs = list(_programs(snapshot, snapshot.count_day.isoformat())) or [_NO_PROGRAM]
    return _COUNTED.format(
        at_schools=students_at_schools(snapshot, is_on_day=True, is_sent_by_latest=False),
        programs=sql.SQL(" UNION ").join(programs),
    )


_COLUMNS = ("grade", "gender", "sau", "last_name", "first_name")


def students_counted_in(
    snapshot: Snapshot, chosen: Mapping[str, str], *, reach: Reach, start: int = 0, limit: int | None = None
) -> Iterator[CountedStudent]:
    """Yield the students behind a number, in order.

    Args:
        snapshot: The snapshot.
        chosen: The value of each dimension that the number is of; blank is none or not known.
        reach: The organizations whose students may be seen.
        start: How many rows are left out.
        limit: How many rows are returned at most.
    """
    where = [
        sql.SQL("{} IS NOT DISTINCT FROM {}").format(sql.Identifier(name), sql.Literal(chosen[name] or None))
        for name in DIMENSIONS
        if name in chosen
    ]
    query = sql.SQL("{} {}").format(
        counted(snapshot, reach=reach),
        _STUDENTS.format(
            where=sql.SQL(" AND ").join(where) if where else sql.SQL("true"), start=start, limit=sql.Literal(limit)
        ),
    )
    with raw_cursor() as cursor:
        for row in cursor.stream(query):
            yield CountedStudent(*(str(each or "") for each in row))


def names_in(snapshot: Snapshot) -> tuple[dict[str, str], dict[str, str]]:
    """Return what organizations and codes were called when the snapshot was taken.

    Returns:
        The names of organizations by their IDs, and the titles of the programs by their codes.
    """
    if "names" not in snapshot.read_once:
        snapshot.read_once["names"] = _read_names(snapshot)
    names: tuple[dict[str, str], dict[str, str]] = snapshot.read_once["names"]
    return names


def _read_names(snapshot: Snapshot) -> tuple[dict[str, str], dict[str, str]]:
    lists = [str(table["list"]) for table in snapshot.tables if "list" in table]
    named = {"key": "code", "name": "title"}
    codes = sql.SQL("SELECT {key}, {name} FROM {lines} line WHERE {list} = ANY({lists})").format(
        **_cells(snapshot, CODES, named),
        lines=frozen(snapshot, CODES),
        list=cell(snapshot, CODES, "list_name"),
        lists=sql.Literal(lists),
    )
    organizations = sql.SQL("SELECT {key}, {name} FROM {lines} line").format(
        **_cells(snapshot, ORGANIZATIONS, {"key": "identifier", "name": "name"}), lines=frozen(snapshot, ORGANIZATIONS)
    )
    return _pairs(organizations), _pairs(codes)


def _programs(snapshot: Snapshot, day: str) -> Iterator[sql.Composable]:
    for table in snapshot.tables:
        if "code" not in table:
            continue
        name = table["name"]
        roles = {role: table[role] for role in ("student", "school", "code", "first_day")}
        last_day = cell(snapshot, name, table["last_day"]) if "last_day" in table else sql.SQL("NULL::text")
        yield _PROGRAM.format(
            **_cells(snapshot, name, roles),
            last_day=last_day,
            lines=frozen(snapshot, name),
            year=cell(snapshot, name, SCHOOL_YEAR),
            school_year=snapshot.school_year.name,
            day=day,
        )


def _cells(snapshot: Snapshot, table: str, columns: Mapping[str, str]) -> dict[str, sql.Composable]:
    return {name: cell(snapshot, table, column) for name, column in columns.items()}


def _pairs(query: sql.Composed) -> dict[str, str]:
    with raw_cursor() as cursor:
        cursor.execute(query)
        rows: list[Any] = cursor.fetchall()
    return {str(key): str(name or "") for key, name in rows}
