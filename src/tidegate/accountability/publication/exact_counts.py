"""The exact numbers that a report's published tables are made of, each student counted once in each of them.

Nothing here may be shown: it goes to the guard. Where a student would be counted twice, the numbers of a table would
be more than its total, and a guard that takes a sum for granted that is none would protect nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import singledispatch

from psycopg import sql

from tidegate.accountability.counting.counted_students import DIMENSIONS, counted, names_in
from tidegate.accountability.counting.enrolled_students import enrolled
from tidegate.accountability.frozen_lines.definition import definition_of
from tidegate.accountability.guard.release import Release, TwoWayTable
from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.publication_settings import Dimensions
from tidegate.accountability.reports.participation import WITHOUT_VALUE, Participation
from tidegate.accountability.reports.report import Count, CountTable, Report
from tidegate.accountability.reports.student_count import MISSING, StudentCount, title_of
from tidegate.core.layouts.state_package import present_state
from tidegate.reference.copy_rows import raw_cursor

SEVERAL = "+"
"""The key of who would be counted twice."""
MEASURE = "measure"
"""The dimension of who takes part: each student of the participation report is one of `_STATUSES`."""
_STATUSES = {
    "concentrators": "Concentrators",
    "participants": "Participants who are no concentrators",
    "enrolled": "Neither",
}
_MORE_THAN_ONE = {
    "school": "More than one {words.cte_school}",
    "program": "More than one program",
    "grade": "More than one grade",
    "gender": "More than one gender",
    "sau": "More than one {words.sau}",
}
# Blank is a value, too: who has no program is counted so. Of two programs one may be blank, at another school.
_ONCE = sql.SQL("""
    , once AS (SELECT student, {values} FROM {rows} GROUP BY student)
    SELECT {columns}, count(*) FROM once GROUP BY {columns}
""")
_VALUE = sql.SQL("CASE WHEN count(DISTINCT {name}) > 1 THEN {several} ELSE min({name}) END")
# Those who are one thing and those who are more are parts that add up: a small difference is then a number of its own.
_STATUS = sql.SQL("""
    CASE WHEN bool_or(concentrator_since IS NOT NULL) THEN 'concentrators'
        WHEN bool_or(participant_since IS NOT NULL) THEN 'participants' ELSE 'enrolled' END
""")


@dataclass(frozen=True)
class ExactCounts:
    """What is published of a report, exactly.

    Attributes:
        release: The counts.
        dimension_titles: What people call the dimensions.
        names: What people call the values, by dimension and key.
        left_out: The tables that are named but cannot be published, by their titles.
    """

    release: Release
    dimension_titles: dict[str, str]
    names: dict[tuple[str, str], str]
    left_out: list[str] = field(default_factory=list)


def count_exactly(report: Report, snapshot: Snapshot, tables: tuple[Dimensions, ...]) -> ExactCounts:
    """Return the exact numbers of some tables of a report, those that do not add up left out."""
    counts: dict[Dimensions, list[Count]] = {}
    for table in deduplicated_counts(report, snapshot, tables):
        for count in table.counts:
            counts.setdefault(count.dimensions or (), []).append(count)
    total = sum(count.student_count for count in counts.get((), ()))
    wanted = list(dict.fromkeys([*((name,) for table in tables for name in table), *tables]))
    titles = {name: _title(counts.get((name,), []), name) for (name,) in (each for each in wanted if len(each) == 1)}
    dimensions = {
        each[0]: _by_key(counts[each])
        for each in wanted
        if len(each) == 1 and each in counts and sum(count.student_count for count in counts[each]) == total
    }
    crossed = [_crossed(dimensions, counts.get(each, []), each) for each in wanted if len(each) == 2]
    names = {
        (count.dimensions[0], count.keys[0]): count.names[0]
        for found in counts.values()
        for count in found
        if count.dimensions and len(count.dimensions) == 1
    }
    kept = tuple(table for table in crossed if table is not None)
    known = {*((name,) for name in dimensions), *(table.name for table in kept)}
    left_out = [" by ".join(titles.get(name, name) for name in each) for each in tables if each not in known]
    return ExactCounts(Release(dimensions, kept), titles, names, left_out)


@singledispatch
def deduplicated_counts(report: Report, snapshot: Snapshot, tables: tuple[Dimensions, ...]) -> Iterable[CountTable]:  # noqa: ARG001 - of a report that says more
    """Yield the tables of a report, each student once in each as far as the report does so: the first of several
    tables by the same, which are of different things."""
    first: dict[Dimensions, CountTable] = {}
    for table in report.tables(snapshot):
        for count in table.counts[:1]:
            first.setdefault(count.dimensions or (), table)
    return first.values()


@deduplicated_counts.register
def _(report: StudentCount, snapshot: Snapshot, tables: tuple[Dimensions, ...]) -> Iterator[CountTable]:  # noqa: ARG001 - says of which report
    people = _Once(counted(snapshot, reach=None), "counted", {name: _value_of(name) for name in DIMENSIONS})
    return people.tables(snapshot, tables, MISSING)


@deduplicated_counts.register
def _(report: Participation, snapshot: Snapshot, tables: tuple[Dimensions, ...]) -> Iterator[CountTable]:  # noqa: ARG001 - says of which report
    rows = enrolled(snapshot, definition_of(snapshot), reach=None)
    people = _Once(rows, "enrolled_student", {name: _value_of(name) for name in DIMENSIONS} | {MEASURE: _STATUS})
    return people.tables(snapshot, tables, WITHOUT_VALUE)


@dataclass(frozen=True)
class _Once:
    """Students of whom each has one value of each dimension: `with_rows` is a WITH that has them as rows of that name,
    `values` has each dimension as an aggregate of a student's rows."""

    with_rows: sql.Composable
    rows: str
    values: Mapping[str, sql.Composable]

    def tables(
        self, snapshot: Snapshot, tables: tuple[Dimensions, ...], missing: Mapping[str, str]
    ) -> Iterator[CountTable]:
        """Yield the total, the count by each dimension, and those of the tables that are by two."""
        people, names = list(self._people()), list(self.values)
        organizations, programs = names_in(snapshot)
        named = {"school": organizations, "sau": organizations, "program": programs, MEASURE: _STATUSES}
        wanted = dict.fromkeys([(), *((name,) for name in names), *(each for each in tables if len(each) == 2)])
        for dimensions in wanted:
            places = [names.index(name) for name in dimensions]
            numbers: dict[tuple[str, ...], int] = {}
            for keys, number in people:
                key = tuple(keys[place] for place in places)
                numbers[key] = numbers.get(key, 0) + number
            title = " and ".join(map(_title_of, dimensions)) or "All"
            counts = []
            for keys, number in numbers.items():
                shown = tuple(_named(named, name, key, missing) for name, key in zip(dimensions, keys, strict=True))
                counts.append(Count(title, keys, shown, number, dimensions))
            yield CountTable(title, tuple(counts))

    def _people(self) -> Iterator[tuple[tuple[str, ...], int]]:
        """Yield how many students have which values of all dimensions, each counted once."""
        query = _ONCE.format(
            values=sql.SQL(", ").join(
                sql.SQL("{} AS {}").format(value, sql.Identifier(name)) for name, value in self.values.items()
            ),
            columns=sql.SQL(", ").join(map(sql.Identifier, self.values)),
            rows=sql.Identifier(self.rows),
        )
        with raw_cursor() as cursor:
            cursor.execute(sql.SQL("{} {}").format(self.with_rows, query))
            for *keys, number in cursor.fetchall():
                yield tuple(str(key or "") for key in keys), int(str(number))


def _value_of(dimension: str) -> sql.Composable:
    return _VALUE.format(name=sql.Identifier(dimension), several=sql.Literal(SEVERAL))


def _title_of(dimension: str) -> str:
    return "Participation" if dimension == MEASURE else title_of((dimension,))


def _named(named: Mapping[str, Mapping[str, str]], dimension: str, key: str, missing: Mapping[str, str]) -> str:
    if key == SEVERAL:
        return more_than_one(dimension)
    return named.get(dimension, {}).get(key, key) if key else present_state().in_words(missing[dimension])


def more_than_one(dimension: str) -> str:
    """Return what a student is called who would be counted twice."""
    return present_state().in_words(_MORE_THAN_ONE.get(dimension, "More than one"))


def _title(counts: list[Count], dimension: str) -> str:
    return counts[0].by if counts else dimension


def _by_key(counts: list[Count]) -> dict[str, int]:
    return {count.keys[0]: count.student_count for count in counts}


def _crossed(dimensions: dict[str, dict[str, int]], counts: list[Count], table: Dimensions) -> TwoWayTable | None:
    """Return a table of two dimensions, None where it does not add up to both."""
    rows, columns = table
    if rows not in dimensions or columns not in dimensions:
        return None
    numbers = {(count.keys[0], count.keys[1]): count.student_count for count in counts}
    made = TwoWayTable(rows, columns, numbers)
    try:
        Release({rows: dimensions[rows], columns: dimensions[columns]}, (made,))
    except (ValueError, KeyError):
        return None
    return made
