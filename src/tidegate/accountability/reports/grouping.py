"""Counts by each dimension and by pairs of them, in one query."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from psycopg import sql

from tidegate.accountability.counting.counted_students import DIMENSIONS
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.frozen_lines.materialize import CountedRows, numbers_of
from tidegate.accountability.models import Snapshot

TABLES: tuple[tuple[str, ...], ...] = (
    (),
    *((name,) for name in DIMENSIONS),
    *(("school", name) for name in DIMENSIONS if name != "school"),
)
"""By which dimensions students are counted: all, each, and each at each school. A student in two programs is counted
in both, and once in every total."""
_GROUPED = sql.SQL("""
    SELECT {of_table}, {dimensions}, {values} FROM {rows}
    GROUP BY GROUPING SETS ({sets}) ORDER BY {order}
""")


class Group(NamedTuple):
    """What was asked of the rows with the same keys of some dimensions; blank is none or not known."""

    dimensions: tuple[str, ...]
    keys: tuple[str, ...]
    values: tuple[Any, ...]


def groups_of(
    snapshot: Snapshot, rows: CountedRows, values: Sequence[sql.Composable], *, reach: Reach
) -> Iterator[Group]:
    """Yield the groups of each table of TABLES, in the order of their keys.

    Args:
        snapshot: The snapshot.
        rows: The rows; their columns have the dimensions.
        values: What is asked of a group, as SQL with aggregates.
        reach: The organizations whose students the rows are of.
    """
    columns = sql.SQL(", ").join(map(sql.Identifier, DIMENSIONS))
    sets = [sql.SQL("({})").format(sql.SQL(", ").join(map(sql.Identifier, table))) for table in TABLES]
    order = [sql.SQL('{} COLLATE "C" NULLS LAST').format(sql.Identifier(name)) for name in DIMENSIONS]
    query = _GROUPED.format(
        of_table=sql.SQL("GROUPING({})").format(columns),
        dimensions=columns,
        values=sql.SQL(", ").join(values),
        rows=sql.Identifier(rows.name),
        sets=sql.SQL(", ").join(sets),
        order=sql.SQL(", ").join(order),
    )
    by_mask = {_mask(table): table for table in TABLES}
    for mask, *found in numbers_of(snapshot, query, of=rows.title, reach=reach, rows=rows):
        dimensions = by_mask[mask]
        row: Mapping[str, str | None] = dict(zip(DIMENSIONS, found, strict=False))
        keys = tuple(row[name] or "" for name in dimensions)
        yield Group(dimensions, keys, tuple(found[len(DIMENSIONS) :]))


def _mask(table: tuple[str, ...]) -> int:
    """Return what GROUPING says of the rows of a table: a bit for each dimension that they are not grouped by."""
    return sum(1 << place for place, name in enumerate(reversed(DIMENSIONS)) if name not in table)
