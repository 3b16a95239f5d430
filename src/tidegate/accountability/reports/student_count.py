"""Students of technical schools on the count day: by school, program, grade, gender and who sends them."""

from collections.abc import Iterator, Mapping

from psycopg import sql

from tidegate.accountability.counted_students import DIMENSIONS, counted, names_in
from tidegate.accountability.frozen_cells import Reach
from tidegate.accountability.models import Snapshot
from tidegate.accountability.reports.report import Count, CountTable, Report
from tidegate.core.layouts.state_package import present_state
from tidegate.core.layouts.worded import worded
from tidegate.reference.copy_rows import raw_cursor

_TITLES = {
    "school": "{words.kind_of_cte_school}",
    "program": "Program",
    "grade": "Grade",
    "gender": "Gender",
    "sau": "Sending {words.sau}",
}
MISSING = {
    "school": "",
    "program": "No program on that day",
    "grade": "Not known",
    "gender": "Not known",
    "sau": "No {words.primary} enrollment",
}
"""What a student is called who has no value, with words of the state in it."""
TABLES: tuple[tuple[str, ...], ...] = (
    (),
    *((name,) for name in DIMENSIONS),
    *(("school", name) for name in DIMENSIONS if name != "school"),
)
"""By which dimensions students are counted: all, each, and each at each school. A student in two programs is counted
in both, and once in every total."""
_COUNTS = sql.SQL("""
    SELECT {of_table}, {dimensions}, count(DISTINCT student) FROM counted
    GROUP BY GROUPING SETS ({sets}) ORDER BY {order}
""")


class StudentCount(Report):
    """The students enrolled at technical schools on the count day."""

    title = "Student count"
    summary = worded("Students with an enrollment at a {words.cte_school} that is active on the count day.")
    is_compared = True

    def tables(self, snapshot: Snapshot, *, reach: Reach = None) -> Iterator[CountTable]:
        """Yield the tables of TABLES, in that order."""
        counts: dict[tuple[str, ...], list[Count]] = {table: [] for table in TABLES}
        organizations, programs = names_in(snapshot)
        names = {"school": organizations, "sau": organizations, "program": programs}
        for dimensions, keys, student_count in _count(snapshot, reach):
            shown = tuple(
                names.get(name, {}).get(key, key) if key else present_state().in_words(MISSING[name])
                for name, key in zip(dimensions, keys, strict=True)
            )
            counts[dimensions].append(Count(title_of(dimensions), keys, shown, student_count, dimensions))
        for table, found in counts.items():
            yield CountTable(title_of(table), tuple(found))


def title_of(dimensions: tuple[str, ...]) -> str:
    """Return what a table is called."""
    return " and ".join(map(name_of_dimension, dimensions)) or "All"


def name_of_dimension(dimension: str) -> str:
    """Return what people call what is counted by."""
    return present_state().in_words(_TITLES[dimension])


def _count(snapshot: Snapshot, reach: Reach) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], int]]:
    """Yield the dimensions, the keys and the number of each count."""
    columns = sql.SQL(", ").join(map(sql.Identifier, DIMENSIONS))
    sets = [sql.SQL("({})").format(sql.SQL(", ").join(map(sql.Identifier, table))) for table in TABLES]
    order = [sql.SQL('{} COLLATE "C" NULLS LAST').format(sql.Identifier(name)) for name in DIMENSIONS]
    query = _COUNTS.format(
        of_table=sql.SQL("GROUPING({})").format(columns),
        dimensions=columns,
        sets=sql.SQL(", ").join(sets),
        order=sql.SQL(", ").join(order),
    )
    by_mask = {_mask(table): table for table in TABLES}
    with raw_cursor() as cursor:
        cursor.execute(sql.SQL("{} {}").format(counted(snapshot, reach=reach), query))
        for mask, *values, student_count in cursor.fetchall():
            dimensions = by_mask[int(str(mask))]
            row: Mapping[str, object] = dict(zip(DIMENSIONS, values, strict=True))
            yield dimensions, tuple(str(row[name] or "") for name in dimensions), int(str(student_count))


def _mask(table: tuple[str, ...]) -> int:
    """Return what GROUPING says of the rows of a table: a bit for each dimension that they are not grouped by."""
    return sum(1 << place for place, name in enumerate(reversed(DIMENSIONS)) if name not in table)
