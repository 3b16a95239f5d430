"""Counts once what never changes: queries over the frozen lines of a snapshot, whose results are stored.

A query is found again by its own text, which names the snapshot and has all that a definition says: nothing has to be
forgotten when the program or a definition changes, since both change the text.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, LiteralString

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from psycopg import Cursor, sql

from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.models import MaterializedQuery, MaterializedRow, Snapshot
from tidegate.reference.advisory_lock import advisory_lock
from tidegate.reference.copy_rows import raw_cursor, table_of

_EVERY = sql.SQL("{with_rows} SELECT {keys}, {senders} AS senders, {columns} FROM {name}")
_INSERT = sql.SQL("""
    INSERT INTO {table} (query_id, student, school, program, senders, cells)
    SELECT {query}, {keys}, senders, ARRAY[{cells}]::text[] FROM ({every}) every ORDER BY {keys}
""")
_STORED = sql.SQL("""
    SELECT student AS {student}, school AS {school}, program AS {program}, senders, {columns} FROM {table}
    WHERE query_id = {query}
        AND ({reach}::text[] IS NULL OR school = ANY({reach}::text[]) OR senders && {reach}::text[])
""")
# As texts: columns of another collation cannot be compared.
_DIFFERENT = sql.SQL("""
    WITH counted AS MATERIALIZED (SELECT md5(every::text) AS line FROM ({every}) every),
    stored AS MATERIALIZED (SELECT md5(every::text) AS line FROM ({stored}) every)
    SELECT EXISTS (SELECT line FROM counted EXCEPT ALL SELECT line FROM stored)
        OR EXISTS (SELECT line FROM stored EXCEPT ALL SELECT line FROM counted)
""")
# The planner knows nothing of cells: it takes those of a large state for a few, and would join each of 200,000 students
# with each line of all. It takes the lines of a snapshot for scattered, and would read those of all snapshots instead;
# they are side by side.
_SETTINGS: Mapping[LiteralString, LiteralString] = {
    "enable_nestloop": "off",
    "enable_seqscan": "off",
}
_wrong: ContextVar[list[str] | None] = ContextVar("wrong", default=None)


@dataclass(frozen=True)
class CountedRows:
    """The rows that numbers and lists of students are read from, as a query of the whole state.

    Attributes:
        name: What a query calls them.
        title: What people call them.
        with_rows: A WITH that ends in them.
        senders: Their organizations that send the student, as an array.
        columns: Their columns beside those of `keys`, each with its type.
        keys: Their columns with the student, the school and the program.
    """

    name: str
    title: str
    with_rows: sql.Composable
    senders: sql.Composable
    columns: Mapping[str, LiteralString]
    keys: tuple[str, str, str] = ("student", "school", "program")

    @property
    def every(self) -> sql.Composable:
        """The query of all of them."""
        return _EVERY.format(
            with_rows=self.with_rows,
            keys=_list(self.keys),
            senders=self.senders,
            columns=_list(self.columns),
            name=sql.Identifier(self.name),
        )


def rows_within(snapshot: Snapshot, rows: CountedRows, *, reach: Reach) -> sql.Composable:
    """Return a WITH of rows: those of the students whom an organization of the reach teaches or sends. They are counted
    by whoever asks first, and read from then on."""
    number = _number_of(snapshot, rows)
    within = sql.Literal(None if reach is None else list(reach))
    return sql.SQL("WITH {} AS ({})").format(sql.Identifier(rows.name), _stored(rows, number, within))


def numbers_of(
    snapshot: Snapshot, query: sql.Composable, *, of: str, reach: Reach, rows: CountedRows | None = None
) -> list[list[Any]]:
    """Return the rows of a query of numbers. Those of the whole state are stored; those of some organizations are few,
    and read from rows that are.

    Args:
        snapshot: The snapshot.
        query: The query, which reads nothing but what was frozen and what was counted from it.
        of: What is counted, in words.
        reach: The organizations whose students it counts.
        rows: The rows that it reads, where it begins without their WITH: they are looked for only if they are needed.
    """

    def whole() -> sql.Composable:
        return query if rows is None else sql.Composed([rows_within(snapshot, rows, reach=reach), sql.SQL(" "), query])

    if reach is not None:
        return _run(whole())
    digest = _digest(query if rows is None else sql.Composed([rows.every, query]))
    stored = MaterializedQuery.objects.filter(snapshot=snapshot, sha256=digest).values_list("numbers", flat=True)
    found: list[list[Any]] | None = stored.first()
    if found is not None and (wrong := _wrong.get()) is not None and (said := _difference(found, _run(whole()))):
        wrong.append(of if rows else f"{of} ({said})")
    if found is None:
        _wait_for_other_transactions()
        found = _run(whole())
        made = MaterializedQuery(snapshot=snapshot, sha256=digest, numbers=found)
        MaterializedQuery.objects.bulk_create([made], ignore_conflicts=True)  # somebody may have been faster
    return found


@contextmanager
def compared_with_lines() -> Iterator[list[str]]:
    """Within it nothing stored is believed: what is asked for is counted anew and compared. Yields, in words, what each
    query counts whose stored result is another."""
    wrong: list[str] = []
    before = _wrong.set(wrong)
    try:
        yield wrong
    finally:
        _wrong.reset(before)


def _wait_for_other_transactions() -> None:
    """Let only one transaction at a time store several results: others see what it has stored when it ends, and two
    that ask in another order would wait for each other. Who is in no transaction stores one and waits for none."""
    if connection.in_atomic_block:
        advisory_lock("materialize in a transaction")


def _number_of(snapshot: Snapshot, rows: CountedRows) -> int:
    """Return the ID of the query whose rows these are, stored."""
    digest = _digest(rows.every)
    stored = MaterializedQuery.objects.filter(snapshot=snapshot, sha256=digest).values_list("pk", flat=True)
    number = stored.first()
    if number is not None and (wrong := _wrong.get()) is not None and _are_different(rows, number):
        wrong.append(rows.title)
    if number is None:
        _wait_for_other_transactions()
        with transaction.atomic():
            advisory_lock(f"materialize {digest}")  # whoever asks meanwhile waits and finds them
            number = stored.first() or _store(snapshot, rows, digest)
    return number


def _store(snapshot: Snapshot, rows: CountedRows, digest: str) -> int:
    made = MaterializedQuery.objects.create(snapshot=snapshot, sha256=digest)
    table = sql.Identifier(table_of(MaterializedRow))
    cells = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(column)) for column in rows.columns)
    with lines_cursor() as cursor:
        cursor.execute(_INSERT.format(table=table, query=made.pk, keys=_list(rows.keys), cells=cells, every=rows.every))
        cursor.execute(sql.SQL("ANALYZE {}").format(table))  # the planner knows nothing yet of what it will read
    return made.pk


def _stored(rows: CountedRows, number: int, within: sql.Composable) -> sql.Composable:
    return _STORED.format(
        **dict(zip(("student", "school", "program"), map(sql.Identifier, rows.keys), strict=True)),
        columns=sql.SQL(", ").join(
            sql.SQL("cells[{}]::{} AS {}").format(place, sql.SQL(type_name), sql.Identifier(column))
            for place, (column, type_name) in enumerate(rows.columns.items(), start=1)
        ),
        table=sql.Identifier(table_of(MaterializedRow)),
        query=number,
        reach=within,
    )


def _are_different(rows: CountedRows, number: int) -> bool:
    """Whether stored rows are not those of the frozen lines."""
    stored = _stored(rows, number, sql.SQL("NULL"))
    with lines_cursor() as cursor:
        cursor.execute(_DIFFERENT.format(every=rows.every, stored=stored))
        return bool((cursor.fetchone() or (False,))[0])


def _difference(stored: list[list[Any]], counted: list[list[Any]]) -> str:
    """Return in words the first number that is stored and not counted, and the first that is counted and not stored;
    blank where both are the same. Their order says nothing: that of equal keys is the planner's."""
    sides = (("stored", stored, counted), ("counted", counted, stored))
    first = ((name, next(iter(Counter(_texts(rows)) - Counter(_texts(others))), "")) for name, rows, others in sides)
    return "; ".join(f"{name}: {', '.join(map(str, json.loads(row)))}" for name, row in first if row)


def _texts(rows: Iterable[list[Any]]) -> Iterator[str]:
    return map(json.dumps, rows)


def _run(query: sql.Composable) -> list[list[Any]]:
    """Return the rows of a query as they are stored: a number with decimal places is a text."""
    with lines_cursor() as cursor:
        cursor.execute(sql.Composed([query]))
        found: list[list[Any]] = json.loads(json.dumps(cursor.fetchall(), cls=DjangoJSONEncoder))
    return found


@contextmanager
def lines_cursor() -> Iterator["Cursor[tuple[object, ...]]"]:
    """Yield a cursor whose queries of frozen lines join by hashes and find the lines by the index."""
    with transaction.atomic(savepoint=False), raw_cursor() as cursor:
        cursor.execute("; ".join(f"SET LOCAL {name} = {value}" for name, value in _SETTINGS.items()))
        yield cursor
        cursor.execute("; ".join(f"SET LOCAL {name} TO DEFAULT" for name in _SETTINGS))


def _digest(query: sql.Composable) -> str:
    return hashlib.sha256(query.as_string().encode()).hexdigest()


def _list(columns: Any) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
