"""The exact numbers that a report's published tables are made of, each student counted once in each of them.

Nothing here may be shown: it goes to the guard. Where a student would be counted twice, the numbers of a table would
be more than its total, and a guard that takes a sum for granted that is none would protect nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import singledispatch

from psycopg import sql

from tidegate.accountability.counted_students import DIMENSIONS, counted, names_in
from tidegate.accountability.guard.release import Release, TwoWayTable
from tidegate.accountability.models import Snapshot
from tidegate.accountability.publication_settings import Dimensions
from tidegate.accountability.reports.report import Count, CountTable, Report
from tidegate.accountability.reports.student_count import MISSING, StudentCount, title_of
from tidegate.core.layouts.state_package import present_state
from tidegate.reference.copy_rows import raw_cursor

_SEVERAL = "+"
_MORE_THAN_ONE = {
    "school": "More than one {words.cte_school}",
    "program": "More than one program",
    "grade": "More than one grade",
    "gender": "More than one gender",
    "sau": "More than one {words.sau}",
}
"""What a student is called who would be counted twice; the key is `+`."""
# Blank is a value, too: who has no program is counted so. Of two programs one may be blank, at another school.
_ONCE = sql.SQL("""
    , once AS (SELECT student, {values} FROM counted GROUP BY student)
    SELECT {columns}, count(*) FROM once GROUP BY {columns}
""")
_VALUE = sql.SQL("CASE WHEN count(DISTINCT {name}) > 1 THEN {several} ELSE min({name}) END AS {name}")


@dataclass(frozen=True)
class AddedUp:
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


def add_up(report: Report, snapshot: Snapshot, tables: tuple[Dimensions, ...]) -> AddedUp:
    """Return the exact numbers of some tables of a report, those that do not add up left out."""
    counts: dict[Dimensions, list[Count]] = {}
    for table in once_counted(report, snapshot, tables):
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
    return AddedUp(Release(dimensions, kept), titles, names, left_out)


@singledispatch
def once_counted(report: Report, snapshot: Snapshot, tables: tuple[Dimensions, ...]) -> Iterable[CountTable]:  # noqa: ARG001 - of a report that says more
    """Yield the tables of a report, each student once in each as far as the report does so: the first of several
    tables by the same, which are of different things."""
    first: dict[Dimensions, CountTable] = {}
    for table in report.tables(snapshot):
        for count in table.counts[:1]:
            first.setdefault(count.dimensions or (), table)
    return first.values()


@once_counted.register
def _(report: StudentCount, snapshot: Snapshot, tables: tuple[Dimensions, ...]) -> Iterator[CountTable]:  # noqa: ARG001 - says of which report
    people = list(_people(snapshot))
    organizations, programs = names_in(snapshot)
    named = {"school": organizations, "sau": organizations, "program": programs}
    wanted = dict.fromkeys([(), *((name,) for name in DIMENSIONS), *(each for each in tables if len(each) == 2)])
    for dimensions in wanted:
        places = [DIMENSIONS.index(name) for name in dimensions]
        numbers: dict[tuple[str, ...], int] = {}
        for keys, number in people:
            key = tuple(keys[place] for place in places)
            numbers[key] = numbers.get(key, 0) + number
        counts = [
            Count(
                title_of(dimensions),
                keys,
                tuple(_named(named, name, key) for name, key in zip(dimensions, keys, strict=True)),
                number,
                dimensions,
            )
            for keys, number in numbers.items()
        ]
        yield CountTable(title_of(dimensions), tuple(counts))


def _named(named: dict[str, dict[str, str]], dimension: str, key: str) -> str:
    if key == _SEVERAL:
        return present_state().in_words(_MORE_THAN_ONE[dimension])
    return named.get(dimension, {}).get(key, key) if key else present_state().in_words(MISSING[dimension])


def _people(snapshot: Snapshot) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield how many students have which values of all dimensions, each counted once."""
    query = _ONCE.format(
        values=sql.SQL(", ").join(
            _VALUE.format(name=sql.Identifier(name), several=sql.Literal(_SEVERAL)) for name in DIMENSIONS
        ),
        columns=sql.SQL(", ").join(map(sql.Identifier, DIMENSIONS)),
    )
    with raw_cursor() as cursor:
        cursor.execute(sql.SQL("{} {}").format(counted(snapshot, reach=None), query))
        for *keys, number in cursor.fetchall():
            yield tuple(str(key or "") for key in keys), int(str(number))


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
