"""The parts of an indicator by what a snapshot says of its students, as SQL over the frozen lines."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from psycopg import sql

from tidegate.accountability.counted_students import names_in
from tidegate.accountability.department.form import Pair
from tidegate.accountability.frozen_cells import cell, frozen
from tidegate.accountability.frozen_tables import STUDENTS
from tidegate.accountability.indicators.indicator import IndicatorCount
from tidegate.accountability.models import Snapshot
from tidegate.reference.copy_rows import raw_cursor

MISSING = "Missing"
"""What the part without a value is called: missing is not the same as no."""
# A student is met in a part who is met by one of the part's rows.
_PARTS = sql.SQL("""
    SELECT * FROM (
        SELECT COALESCE({key}, '') AS key, count(DISTINCT student) FILTER (WHERE is_met), count(DISTINCT student)
        FROM ({rows}) base {named} GROUP BY 1
    ) part ORDER BY key COLLATE "C"
""")
_AGAIN = sql.SQL("""
    SELECT COALESCE(sum(greatest(met - 1, 0)), 0), COALESCE(sum(parts - 1), 0) FROM (
        SELECT student, count(DISTINCT COALESCE({key}, '')) AS parts,
            count(DISTINCT COALESCE({key}, '')) FILTER (WHERE is_met) AS met
        FROM ({rows}) base {named} GROUP BY student
    ) each
""")
_OF_STUDENTS = sql.SQL("LEFT JOIN (SELECT {student} AS student, {sex} AS sex FROM {lines} line) person USING (student)")


class _By(NamedTuple):
    """A category in SQL: its key, the join that has it, and what people call its values."""

    key: sql.Composable
    named: sql.Composable
    names: Mapping[str, str]


def parts_by(snapshot: Snapshot, category: str, rows: sql.Composable, *, indicator: str) -> Iterator[IndicatorCount]:
    """Yield the numbers of each value of a category, missing as a part of its own.

    Args:
        snapshot: The snapshot.
        category: `sex` or `program`.
        rows: The query of the base: student, school, program and `is_met`.
        indicator: The indicator's code.
    """
    by = _by(snapshot, category)
    with raw_cursor() as cursor:
        cursor.execute(_PARTS.format(key=by.key, rows=rows, named=by.named))
        found = [(str(key), int(str(met)), int(str(of))) for key, met, of in cursor.fetchall()]
    for key, met, of in found:
        yield IndicatorCount(indicator, category, key, by.names.get(key, key) if key else MISSING, met, of)


def counted_again_by(snapshot: Snapshot, category: str, rows: sql.Composable) -> Pair:
    """Return how many of the students in the parts are there a second, third or further time.

    Args:
        snapshot: The snapshot.
        category: `sex` or `program`.
        rows: The query of the base.
    """
    by = _by(snapshot, category)
    with raw_cursor() as cursor:
        cursor.execute(_AGAIN.format(key=by.key, rows=rows, named=by.named))
        met, of = cursor.fetchall()[0]
    return Pair(int(str(met)), int(str(of)))


def _by(snapshot: Snapshot, category: str) -> _By:
    if category == "program":
        return _By(sql.Identifier("program"), sql.SQL(""), names_in(snapshot)[1])
    person = _OF_STUDENTS.format(
        student=cell(snapshot, STUDENTS, "student"),
        sex=cell(snapshot, STUDENTS, "gender"),
        lines=frozen(snapshot, STUDENTS),
    )
    return _By(sql.Identifier("sex"), person, {})
