"""The students of an indicator's base: counted by each category in one query, and listed behind each number."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from psycopg import sql

from tidegate.accountability.counting.counted_students import names_in
from tidegate.accountability.frozen_lines.cells import Reach, cell, frozen
from tidegate.accountability.frozen_lines.materialize import CountedRows, numbers_of, rows_within
from tidegate.accountability.frozen_lines.tables import SCHOOL_YEAR, STUDENTS
from tidegate.accountability.models import Snapshot
from tidegate.core.reference.enrollments import PRIMARY
from tidegate.records.models import Enrollment
from tidegate.reference.copy_rows import raw_cursor

_SEX, _TOTAL = "sex", ""
# What a student is counted by is the line of the school year; of who left before it, the one before.
_BASE = sql.SQL("""
    WITH counted AS MATERIALIZED ({rows}),
    sent AS (
        SELECT {student} AS student, array_agg(DISTINCT {sau}) AS senders FROM {enrollments} line
        WHERE {type} = {primary} AND {student} IN (SELECT student FROM counted) GROUP BY 1
    ), person AS (
        SELECT {person} AS student, {gender} AS gender, {last} AS last_name, {first} AS first_name FROM {students} line
    ), known AS ({known}), base AS (
        SELECT counted.student, counted.school AS of_school, counted.program AS of_program, counted.is_met,
            last_name, first_name, COALESCE(senders, '{{}}') AS senders {columns}
        FROM counted LEFT JOIN person USING (student) LEFT JOIN known USING (student) LEFT JOIN sent USING (student)
    )
""")
_KNOWN = sql.SQL("""
    SELECT DISTINCT ON ({student}) {student} AS student {columns} FROM {lines} line
    WHERE {year} COLLATE "C" >= {before} ORDER BY {student}, {year} COLLATE "C" DESC
""")
_SEXES = sql.SQL("""
    SELECT student, {sex} AS sex FROM (SELECT {person} AS student, {gender} AS gender FROM {students} line) person
    LEFT JOIN ({known}) known USING (student)
""")
_NOTHING_KNOWN = sql.SQL("SELECT NULL::text AS student WHERE false")
_COUNTS = sql.SQL("""
    SELECT GROUPING({columns}), {columns}, count(DISTINCT student) FILTER (WHERE is_met), count(DISTINCT student)
    FROM base GROUP BY GROUPING SETS ((), {sets})
""")
_ONCE = sql.SQL("""
    , once AS (SELECT student, bool_or(is_met) AS is_met, {values} FROM base GROUP BY student)
    SELECT {columns}, count(*) FILTER (WHERE is_met), count(*) FROM once GROUP BY {columns}
""")
_VALUE = sql.SQL("CASE WHEN count(DISTINCT {name}) > 1 THEN {several} ELSE min({name}) END AS {name}")
_STUDENTS = sql.SQL("""
    SELECT student, last_name, first_name, of_school, of_program, is_met FROM base
    WHERE {where} {met}
    ORDER BY student COLLATE "C", of_school COLLATE "C", of_program COLLATE "C" OFFSET {start} LIMIT {limit}
""")
_MET = sql.SQL("AND student {has} (SELECT student FROM base WHERE is_met AND {where})")


@dataclass(frozen=True)
class Category:
    """What students are counted by: its name and title, the column of the query that has it, and what its values
    mean. A student of the base has one value, but for schools and programs."""

    name: str
    title: str
    column: str
    values: dict[str, str] = field(default_factory=dict)


class IndicatorStudent(NamedTuple):
    """A student of an indicator's base, at a school in a program; `is_met` is whether that program counts."""

    number: str
    last_name: str
    first_name: str
    school: str
    program: str
    is_met: bool


def categories_of(snapshot: Snapshot) -> list[Category]:
    """Return what the students of a snapshot can be counted by."""
    organizations, programs = names_in(snapshot)
    found = [
        Category("school", "School", "of_school", organizations),
        Category("program", "Program", "of_program", programs),
    ]
    counted_by = _counted_by(snapshot)
    if _SEX not in counted_by:
        found.append(Category(_SEX, "Sex", "by sex"))
    return found + [
        Category(name, _capitalized(of["title"]), f"by {name}", of["values"]) for name, of in counted_by.items()
    ]


def count_by_category(
    snapshot: Snapshot, rows: sql.Composable, categories: Iterable[Category], *, reach: Reach
) -> Iterator[tuple[str, str, int, int]]:
    """Yield category (blank is all), key, numerator and denominator: of all, then of each value of each category.

    Args:
        snapshot: The snapshot.
        rows: The query of the base.
        categories: What is counted by.
        reach: The organizations whose students are counted.
    """
    by = list(categories)
    columns = [sql.Identifier(each.column) for each in by]
    query = _COUNTS.format(
        columns=sql.SQL(", ").join(columns),
        sets=sql.SQL(", ").join(sql.SQL("({})").format(column) for column in columns),
    )
    found: dict[str, list[tuple[str, int, int]]] = {}
    for mask, *keys, met, of in numbers_of(snapshot, query, reach=reach, rows=_counted_base(snapshot, rows)):
        place = _place(mask, len(by))
        name, key = (_TOTAL, "") if place is None else (by[place].name, keys[place] or "")
        found.setdefault(name, []).append((key, met, of))
    for name in (_TOTAL, *(each.name for each in by)):
        yield from ((name, *counted) for counted in sorted(found.get(name, []), key=_missing_last))


def count_once(
    snapshot: Snapshot, rows: sql.Composable, categories: Sequence[Category], *, several: str
) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Yield how many students have which values of all categories, as keys, numerator and denominator.

    Args:
        snapshot: The snapshot.
        rows: The query of the base.
        categories: What is counted by.
        several: The key of who has several values of one: each student is counted once.
    """
    columns = sql.SQL(", ").join(sql.Identifier(each.column) for each in categories)
    values = [_VALUE.format(name=sql.Identifier(each.column), several=sql.Literal(several)) for each in categories]
    query = _ONCE.format(values=sql.SQL(", ").join(values), columns=columns)
    with raw_cursor() as cursor:
        cursor.execute(sql.SQL("{} {}").format(_base(snapshot, rows, None), query))
        for *keys, met, of in cursor.fetchall():
            yield tuple(str(key or "") for key in keys), int(str(met)), int(str(of))


def students_in(
    snapshot: Snapshot,
    rows: sql.Composable,
    category: Category | None,
    key: str,
    *,
    is_met: bool | None,
    reach: Reach,
    start: int,
    limit: int | None,
) -> list[IndicatorStudent]:
    """Return the students behind a number, each with each of the programs that the number is of, in order.

    Args:
        snapshot: The snapshot.
        rows: The query of the base.
        category: What the number is by; None is all.
        key: The value; blank is missing.
        is_met: True for the numerator, False for those who did not meet it, None for the denominator.
        reach: The organizations whose students may be seen.
        start: How many are left out.
        limit: How many are returned at most.
    """
    where: sql.Composable = sql.SQL("true")
    if category is not None:
        where = sql.SQL("{} IS NOT DISTINCT FROM {}").format(sql.Identifier(category.column), sql.Literal(key or None))
    has = sql.SQL("IN" if is_met else "NOT IN")
    met = sql.SQL("") if is_met is None else _MET.format(has=has, where=where)
    query = _STUDENTS.format(where=where, met=met, start=start, limit=sql.Literal(limit))
    with raw_cursor() as cursor:
        cursor.execute(sql.SQL("{} {}").format(_base(snapshot, rows, reach), query))
        return [IndicatorStudent._make([*(str(each or "") for each in row[:5]), row[5]]) for row in cursor.fetchall()]


def sex_of_students(snapshot: Snapshot) -> sql.Composable:
    """Return the query of each student and the sex by which the student is counted, as `student` and `sex`."""
    return _SEXES.format(
        sex=_sex(snapshot),
        person=cell(snapshot, STUDENTS, "student"),
        gender=cell(snapshot, STUDENTS, "gender"),
        students=frozen(snapshot, STUDENTS),
        known=_known(snapshot),
    )


def _base(snapshot: Snapshot, rows: sql.Composable, reach: Reach) -> sql.Composable:
    """Return a WITH that ends in `base`: the rows, with the names and what is counted by."""
    return rows_within(snapshot, _counted_base(snapshot, rows), reach=reach)


def _counted_base(snapshot: Snapshot, rows: sql.Composable) -> CountedRows:
    by = [f"by {name}" for name in dict.fromkeys((_SEX, *_counted_by(snapshot)))]
    columns = {"is_met": "boolean"} | dict.fromkeys(("last_name", "first_name", *by), "text")
    keys = ("student", "of_school", "of_program")
    return CountedRows("base", _whole_base(snapshot, rows), sql.SQL("senders"), columns, keys)


def _whole_base(snapshot: Snapshot, rows: sql.Composable) -> sql.Composable:
    """Return the WITH of the whole state."""
    lines = Enrollment.base_name
    of_enrollments = {"student": "student", "type": "enrollment_type", "sau": "sau"}
    of_students = {"person": "student", "gender": "gender", "last": "last_name", "first": "first_name"}
    counted_by = list(_counted_by(snapshot))
    known = [sql.SQL("known.{0} AS {0}").format(sql.Identifier(f"by {name}")) for name in counted_by if name != _SEX]
    columns = [sql.SQL("{} AS {}").format(_sex(snapshot), sql.Identifier(f"by {_SEX}")), *known]
    return _BASE.format(
        **{name: cell(snapshot, lines, column) for name, column in of_enrollments.items()},
        enrollments=frozen(snapshot, lines),
        primary=PRIMARY,
        **{name: cell(snapshot, STUDENTS, column) for name, column in of_students.items()},
        students=frozen(snapshot, STUDENTS),
        known=_known(snapshot),
        columns=sql.SQL("").join(sql.SQL(", {}").format(column) for column in columns),
        rows=rows,
    )


def _sex(snapshot: Snapshot) -> sql.Composable:
    if _SEX not in _counted_by(snapshot):
        return sql.SQL("gender")
    return sql.SQL("COALESCE(known.{}, gender)").format(sql.Identifier(f"by {_SEX}"))


def _known(snapshot: Snapshot) -> sql.Composable:
    table = _table(snapshot)
    if table is None:
        return _NOTHING_KNOWN
    name, first = table["name"], snapshot.school_year.first
    columns = [
        sql.SQL(", {} AS {}").format(cell(snapshot, name, of["column"]), sql.Identifier(f"by {category}"))
        for category, of in table["counted_by"].items()
    ]
    return _KNOWN.format(
        student=cell(snapshot, name, table["student"]),
        year=cell(snapshot, name, SCHOOL_YEAR),
        before=f"{first - 1}-{first}",
        columns=sql.SQL("").join(columns),
        lines=frozen(snapshot, name),
    )


def _table(snapshot: Snapshot) -> dict[str, Any] | None:
    return next((dict(table) for table in snapshot.tables if "counted_by" in table), None)


def _counted_by(snapshot: Snapshot) -> dict[str, Any]:
    """Return what students are counted by, in the order of the columns: JSON in the database keeps none."""
    table = _table(snapshot)
    named = table["counted_by"].items() if table else ()
    return dict(sorted(named, key=lambda each: snapshot.column_of(str(table and table["name"]), each[1]["column"])))


def _place(mask: int, count: int) -> int | None:
    """Return by which column GROUPING says that a row is grouped; None for the total."""
    return next((place for place in range(count) if not mask & (1 << (count - 1 - place))), None)


def _missing_last(counted: tuple[str, int, int]) -> tuple[bool, str]:
    return counted[0] == "", counted[0]


def _capitalized(title: str) -> str:
    return title[:1].upper() + title[1:]
