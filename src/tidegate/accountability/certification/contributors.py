"""Whose lines a snapshot counts: who sent one of them, changed it by hand or put it back by an undo; and who took one
out of the school year that it counts."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import sql

from tidegate.accountability.frozen_lines.tables import STUDENTS
from tidegate.accountability.models import FrozenLine, Snapshot
from tidegate.accounts.models import Person
from tidegate.records.models import Change, ChangeKind, StudentVersion
from tidegate.records.models.versioned import Versioned
from tidegate.records.stored_lines import stored_lines, unit_of
from tidegate.reference.copy_rows import raw_cursor, table_of

_HAS_LINES = sql.SQL("""
    SELECT EXISTS (
        SELECT FROM {versions} version JOIN {lines} line ON line.version_id = version.id
        WHERE line.snapshot_id = {snapshot} AND line.table_name = {table} AND version.{came_with} = ANY({values})
    )
""")
# The last that happened to its unit before the snapshot was taken: whoever sent the unit again answers for it instead.
# What the first releases undid bears the same change in both columns: it was not the sender who took it out.
_TOOK_OUT = sql.SQL("""
    SELECT EXISTS (
        SELECT FROM {versions} version
        WHERE replaced_by = ANY({changes}) AND brought_by IS DISTINCT FROM replaced_by
            AND school_year_id = {year} AND replaced_at <= {taken_at} AND NOT EXISTS (
            SELECT FROM {versions} later WHERE {is_same_unit}
                AND COALESCE(later.put_back_at, later.brought_at) BETWEEN version.replaced_at AND {taken_at}
        )
    )
""")


class _Acts(NamedTuple):
    """The changes of a person, and when they undid others'. What an undo restores keeps the change that it came with
    first: its time alone leads to the undo."""

    changes: list[int]
    undone_at: list[datetime]


def has_contributed_to(snapshot: Snapshot, person: Person) -> bool:
    """Whether a line that the snapshot froze came with an upload or a change of the person or was put back by an undo
    of theirs, or a line of the counted year is not in it since they took it out."""
    made = Change.objects.filter(made_by=person)
    acts = _Acts(
        list(made.values_list("pk", flat=True)),
        list(made.filter(kind=ChangeKind.UNDO).values_list("at", flat=True)),
    )
    if not acts.changes:
        return False
    return any(_is_there(query) for query in _queries(snapshot, acts))


def _queries(snapshot: Snapshot, acts: _Acts) -> Iterator[sql.Composed]:
    """Yield what to ask of each table that the snapshot froze, the quick questions first."""
    named = {table["name"] for table in snapshot.tables}
    lines: dict[str, type[Versioned]] = {each.table.name: each.model for each in stored_lines()}
    frozen = {name: model for name, model in lines.items() if name in named}
    for came_with, values in (("brought_by", acts.changes), ("put_back_at", acts.undone_at)):
        for name, model in {**frozen, STUDENTS: StudentVersion}.items() if values else ():
            yield _HAS_LINES.format(
                versions=_table(model),
                lines=_table(FrozenLine),
                snapshot=snapshot.pk,
                table=name,
                came_with=sql.Identifier(came_with),
                values=sql.Literal(values),
            )
    for model in frozen.values():
        alike = [sql.SQL("later.{0} = version.{0}").format(sql.Identifier(c)) for c in unit_of(model)]
        yield _TOOK_OUT.format(
            versions=_table(model),
            changes=sql.Literal(acts.changes),
            year=snapshot.school_year_id,
            taken_at=sql.Literal(snapshot.taken_at),
            is_same_unit=sql.SQL(" AND ").join(alike),
        )


def _table(model: Any) -> sql.Identifier:
    return sql.Identifier(table_of(model))


def _is_there(query: sql.Composed) -> bool:
    with raw_cursor() as cursor:
        cursor.execute(query)
        return bool((cursor.fetchone() or (False,))[0])
