"""The students of an indicator's base: counted by each category in one query, and listed behind each number."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.text import capfirst
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
# What a student is counted by is the line of the school year; of who left before it, the one before. So is who sends
# the student: the district of the last primary enrollment of both, as on the list of whom to ask (overview/follow_up).
_BASE = sql.SQL("""
    WITH {shared} of_indicator AS ({bases}), counted AS MATERIALIZED (
        SELECT student, school, program, {met} FROM of_indicator GROUP BY student, school, program
    ), sent AS (
        SELECT DISTINCT ON ({student}) {student} AS student, {sau} AS sau FROM {enrollments} line
        WHERE {enrolled_in} IN ({school_year}, {year_before}) AND {type} = {primary}
            AND {student} IN (SELECT student FROM counted)
        ORDER BY {student}, {entry} COLLATE "C" DESC, {exit} COLLATE "C" DESC NULLS FIRST, {sau} COLLATE "C"
    ), person AS (
        SELECT {person} AS student, {gender} AS gender, {last} AS last_name, {first} AS first_name FROM {students} line
        WHERE {person} IN (SELECT student FROM counted)
    ), known AS ({known}), base AS (
        SELECT counted.student, counted.school AS of_school, counted.program AS of_program, {met_names},
            last_name, first_name, sau {columns}
        FROM counted LEFT JOIN person USING (student) LEFT JOIN known USING (student) LEFT JOIN sent USING (student)
    )
""")
_SHARED = sql.SQL("{name} AS MATERIALIZED ({query}), ")
_OF_INDICATOR = sql.SQL("SELECT {code}::text AS code, student, school, program, is_met FROM ({rows}) base")
_MET_ANY = sql.SQL("bool_or(is_met) FILTER (WHERE code = {code}) AS {met}")
_AMONG_COUNTED = sql.SQL("AND {student} IN (SELECT student FROM counted)")
_KNOWN = sql.SQL("""
    SELECT DISTINCT ON ({student}) {student} AS student {columns} FROM {lines} line
    WHERE {year} COLLATE "C" >= {before} {among} ORDER BY {student}, {year} COLLATE "C" DESC
""")
_SEXES = sql.SQL("""
    SELECT student, {sex} AS sex FROM (SELECT {person} AS student, {gender} AS gender FROM {students} line) person
    LEFT JOIN ({known}) known USING (student)
""")
_NOTHING_KNOWN = sql.SQL("SELECT NULL::text AS student WHERE false")
# A student has one value of each category but schools and programs, so is one row there, and is counted by hashes. In a
# snapshot that somebody has altered one may have two, and the parts are more than the total.
_COUNTS = sql.SQL("""
    , once AS (SELECT student, {columns}, {met} FROM base GROUP BY student, {columns})
    SELECT GROUPING({columns}), COALESCE({columns}), {counts} FROM once GROUP BY GROUPING SETS ({sets})
    UNION ALL SELECT {total}, NULL, {counts} FROM (SELECT {met} FROM base GROUP BY student) student
    {by_others}
""")
_BY_OTHER = sql.SQL("""
    UNION ALL SELECT {number}, {column}, {counts} FROM (
        SELECT student, {column}, {met} FROM base GROUP BY student, {column}
    ) each GROUP BY {column}
""")
_ANY = sql.SQL("bool_or({name}) AS {name}")
_COUNT = sql.SQL("count(*) FILTER (WHERE {name}), count({name})")
_ONCE = sql.SQL("""
    , once AS (SELECT student, bool_or({met}) AS is_met, {values} FROM base WHERE {met} IS NOT NULL GROUP BY student)
    SELECT {columns}, count(*) FILTER (WHERE is_met), count(*) FROM once GROUP BY {columns}
""")
_EACH_ONCE = sql.SQL("SELECT student, {values} FROM base WHERE {met} IS NOT NULL GROUP BY student")
_VALUE = sql.SQL("CASE WHEN count(DISTINCT {name}) > 1 THEN {several} ELSE min({name}) END AS {name}")
_STUDENTS = sql.SQL("""
    SELECT student, last_name, first_name, of_school, of_program, {met} FROM base
    WHERE {met} IS NOT NULL AND {where} {part}
    ORDER BY student COLLATE "C", of_school COLLATE "C", of_program COLLATE "C" OFFSET {start} LIMIT {limit}
""")
_PART = sql.SQL("AND student {has} (SELECT student FROM base WHERE {met} AND {where})")


@dataclass(frozen=True)
class Category:
    """What students are counted by: its name and title, the column of the query that has it, what its values mean, and
    whether a student can have several: of schools and programs."""

    name: str
    title: str
    column: str
    values: dict[str, str] = field(default_factory=dict)
    has_several: bool = False


@dataclass(frozen=True)
class IndicatorBases:
    """The bases of indicators that are counted together, in one statement.

    Attributes:
        code: The code of the indicator that is asked for.
        shared: Queries that the bases read by these names; each is run once.
        bases: By the code of each indicator the query of its base: student, school and program, each once, and whether
            it `is_met`.
    """

    code: str
    shared: Mapping[str, sql.Composable]
    bases: Mapping[str, sql.Composable]


class CategoryCount(NamedTuple):
    """The numerator and the denominator of a category's key; of a blank category those of all."""

    category: str
    key: str
    numerator: int
    denominator: int


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
        Category("school", "School", "of_school", organizations, has_several=True),
        Category("program", "Program", "of_program", programs, has_several=True),
    ]
    counted_by = _counted_by(snapshot)
    if _SEX not in counted_by:
        found.append(Category(_SEX, "Sex", "by sex"))
    return found + [
        Category(name, capfirst(of["title"]), f"by {name}", of["values"]) for name, of in counted_by.items()
    ]


def count_by_category(
    snapshot: Snapshot, bases: IndicatorBases, categories: Iterable[Category], *, reach: Reach
) -> dict[str, list[CategoryCount]]:
    """Return the numbers of each indicator, by its code: of all, then of each value of each category.

    Args:
        snapshot: The snapshot.
        bases: The bases of the indicators.
        categories: What is counted by.
        reach: The organizations whose students are counted.
    """
    every = list(categories)
    by, others = ([each for each in every if each.has_several is has] for has in (False, True))
    found: dict[str, dict[str, list[CategoryCount]]] = {code: {} for code in bases.bases}
    query, rows = _counts_query(bases, by, others), _counted_base(snapshot, bases)
    for mask, key, *counts in numbers_of(snapshot, query, of="indicators", reach=reach, rows=rows):
        name = others[-mask - 1].name if mask < 0 else _name_of(by, mask)
        for place, code in enumerate(bases.bases):
            met, of = counts[2 * place : 2 * place + 2]
            if of or not name:
                found[code].setdefault(name, []).append(CategoryCount(name, key or "", met, of))
    names = (_TOTAL, *(each.name for each in every))
    return {
        code: [count for name in names for count in sorted(numbers.get(name, []), key=_missing_last)]
        for code, numbers in found.items()
    }


def _counts_query(bases: IndicatorBases, by: Sequence[Category], others: Sequence[Category]) -> sql.Composable:
    """Return the query of the numbers: what GROUPING says of a row, or for those of which a student can have several
    -1 and below; the key; and of each indicator who met it and the base."""
    met = sql.SQL(", ").join(_ANY.format(name=_met(code)) for code in bases.bases)
    counts = sql.SQL(", ").join(_COUNT.format(name=_met(code)) for code in bases.bases)
    columns = [sql.Identifier(each.column) for each in by]
    by_others = [
        _BY_OTHER.format(number=-number, column=sql.Identifier(each.column), met=met, counts=counts)
        for number, each in enumerate(others, start=1)
    ]
    return _COUNTS.format(
        met=met,
        total=(1 << len(by)) - 1,
        columns=sql.SQL(", ").join(columns),
        counts=counts,
        sets=sql.SQL(", ").join(sql.SQL("({})").format(column) for column in columns),
        by_others=sql.SQL(" ").join(by_others),
    )


def count_once(
    snapshot: Snapshot, bases: IndicatorBases, categories: Sequence[Category], *, several: str
) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Yield how many students have which values of all categories, as keys, numerator and denominator.

    Args:
        snapshot: The snapshot.
        bases: The base of the indicator, with those that are counted together with it.
        categories: What is counted by.
        several: The key of who has several values of one: each student is counted once.
    """
    columns = sql.SQL(", ").join(sql.Identifier(each.column) for each in categories)
    values = [_VALUE.format(name=sql.Identifier(each.column), several=sql.Literal(several)) for each in categories]
    query = _ONCE.format(values=sql.SQL(", ").join(values), columns=columns, met=_met(bases.code))
    with raw_cursor() as cursor:
        cursor.execute(sql.SQL("{} {}").format(_base(snapshot, bases, None), query))
        for *keys, met, of in cursor.fetchall():
            yield tuple(str(key or "") for key in keys), int(str(met)), int(str(of))


def students_once(
    snapshot: Snapshot, bases: IndicatorBases, categories: Sequence[Category], *, several: str
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each student of the base with the keys of the categories, as `count_once` counts them.

    Args:
        snapshot: The snapshot.
        bases: The base of the indicator, with those that are counted together with it.
        categories: What is counted by.
        several: The key of who has several values of one.
    """
    values = [_VALUE.format(name=sql.Identifier(each.column), several=sql.Literal(several)) for each in categories]
    query = _EACH_ONCE.format(values=sql.SQL(", ").join(values), met=_met(bases.code))
    with raw_cursor() as cursor:
        cursor.execute(sql.SQL("{} {}").format(_base(snapshot, bases, None), query))
        for student, *keys in cursor.fetchall():
            yield str(student), tuple(str(key or "") for key in keys)


def students_in(
    snapshot: Snapshot,
    bases: IndicatorBases,
    category: Category | None,
    key: str,
    *,
    is_met: bool | None,
    reach: Reach,
    start: int,
    limit: int | None,
) -> Iterator[IndicatorStudent]:
    """Yield the students behind a number, each with each of the programs that the number is of, in order.

    Args:
        snapshot: The snapshot.
        bases: The base of the indicator, with those that are counted together with it.
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
    met, has = _met(bases.code), sql.SQL("IN" if is_met else "NOT IN")
    part = sql.SQL("") if is_met is None else _PART.format(has=has, where=where, met=met)
    query = _STUDENTS.format(where=where, part=part, met=met, start=start, limit=sql.Literal(limit))
    with raw_cursor() as cursor:
        for row in cursor.stream(sql.SQL("{} {}").format(_base(snapshot, bases, reach), query)):
            yield IndicatorStudent._make([*(str(each or "") for each in row[:5]), row[5]])


def sex_of_students(snapshot: Snapshot) -> sql.Composable:
    """Return the query of each student and the sex by which the student is counted, as `student` and `sex`."""
    return _SEXES.format(
        sex=_sex(snapshot),
        person=cell(snapshot, STUDENTS, "student"),
        gender=cell(snapshot, STUDENTS, "gender"),
        students=frozen(snapshot, STUDENTS),
        known=_known(snapshot, among=sql.SQL("")),
    )


def _base(snapshot: Snapshot, bases: IndicatorBases, reach: Reach) -> sql.Composable:
    """Return a WITH that ends in `base`: the rows, with the names and what is counted by."""
    return rows_within(snapshot, _counted_base(snapshot, bases), reach=reach)


def _counted_base(snapshot: Snapshot, bases: IndicatorBases) -> CountedRows:
    by = [f"by {name}" for name in dict.fromkeys((_SEX, *_counted_by(snapshot)))]
    met = dict.fromkeys(map(_met_name, bases.bases), "boolean")
    columns = met | dict.fromkeys(("last_name", "first_name", *by), "text")
    keys = ("student", "of_school", "of_program")
    return CountedRows(
        "base", "students of the indicators", _whole_base(snapshot, bases), sql.SQL("ARRAY[sau]"), columns, keys
    )


def _whole_base(snapshot: Snapshot, bases: IndicatorBases) -> sql.Composable:
    """Return the WITH of the whole state."""
    lines = Enrollment.base_name
    of_enrollments = {"student": "student", "type": "enrollment_type", "sau": "sau", "enrolled_in": SCHOOL_YEAR}
    of_enrollments |= {"entry": "entry_date", "exit": "exit_date"}
    of_students = {"person": "student", "gender": "gender", "last": "last_name", "first": "first_name"}
    counted_by = list(_counted_by(snapshot))
    known = [sql.SQL("known.{0} AS {0}").format(sql.Identifier(f"by {name}")) for name in counted_by if name != _SEX]
    columns = [sql.SQL("{} AS {}").format(_sex(snapshot), sql.Identifier(f"by {_SEX}")), *known]
    return _BASE.format(
        **{name: cell(snapshot, lines, column) for name, column in of_enrollments.items()},
        enrollments=frozen(snapshot, lines),
        primary=PRIMARY,
        school_year=snapshot.school_year.name,
        year_before=_year_before(snapshot),
        **{name: cell(snapshot, STUDENTS, column) for name, column in of_students.items()},
        students=frozen(snapshot, STUDENTS),
        known=_known(snapshot, among=_AMONG_COUNTED),
        columns=sql.SQL("").join(sql.SQL(", {}").format(column) for column in columns),
        shared=sql.SQL("").join(
            _SHARED.format(name=sql.Identifier(name), query=query) for name, query in bases.shared.items()
        ),
        bases=sql.SQL(" UNION ALL ").join(
            _OF_INDICATOR.format(code=code, rows=rows) for code, rows in bases.bases.items()
        ),
        met=sql.SQL(", ").join(_MET_ANY.format(code=code, met=_met(code)) for code in bases.bases),
        met_names=sql.SQL(", ").join(map(_met, bases.bases)),
    )


def _met_name(code: str) -> str:
    """Return the column that says of a row whether it met an indicator; null is that it is not in its base."""
    return f"met {code}"


def _met(code: str) -> sql.Identifier:
    return sql.Identifier(_met_name(code))


def _sex(snapshot: Snapshot) -> sql.Composable:
    if _SEX not in _counted_by(snapshot):
        return sql.SQL("gender")
    return sql.SQL("COALESCE(known.{}, gender)").format(sql.Identifier(f"by {_SEX}"))


def _known(snapshot: Snapshot, *, among: sql.SQL) -> sql.Composable:
    table = _table(snapshot)
    if table is None:
        return _NOTHING_KNOWN
    name = table["name"]
    columns = [
        sql.SQL(", {} AS {}").format(cell(snapshot, name, of["column"]), sql.Identifier(f"by {category}"))
        for category, of in table["counted_by"].items()
    ]
    student = cell(snapshot, name, table["student"])
    return _KNOWN.format(
        student=student,
        among=among.format(student=student),
        year=cell(snapshot, name, SCHOOL_YEAR),
        before=_year_before(snapshot),
        columns=sql.SQL("").join(columns),
        lines=frozen(snapshot, name),
    )


def _year_before(snapshot: Snapshot) -> str:
    first = snapshot.school_year.first
    return f"{first - 1}-{first}"


def _table(snapshot: Snapshot) -> dict[str, Any] | None:
    return next((dict(table) for table in snapshot.tables if "counted_by" in table), None)


def _counted_by(snapshot: Snapshot) -> dict[str, Any]:
    """Return what students are counted by, in the order of the columns: JSON in the database keeps none."""
    table = _table(snapshot)
    named = table["counted_by"].items() if table else ()
    return dict(sorted(named, key=lambda each: snapshot.column_of(str(table and table["name"]), each[1]["column"])))


def _name_of(by: Sequence[Category], mask: int) -> str:
    """Return by which category GROUPING says that a row is grouped; blank for the total."""
    grouped = (each.name for place, each in enumerate(reversed(by)) if not mask & (1 << place))
    return next(grouped, _TOTAL)


def _missing_last(counted: CategoryCount) -> tuple[bool, str]:
    return counted.key == "", counted.key
