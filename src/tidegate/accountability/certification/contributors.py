"""Whose lines a snapshot counts: who sent one of them, or changed it by hand."""

from psycopg import sql

from tidegate.accountability.frozen_lines.tables import STUDENTS
from tidegate.accountability.models import FrozenLine, Snapshot
from tidegate.accounts.models import Person
from tidegate.records.models import Change, StudentVersion
from tidegate.records.models.versioned import Versioned
from tidegate.records.stored_lines import stored_lines
from tidegate.reference.copy_rows import raw_cursor, table_of

_HAS_LINES = sql.SQL("""
    SELECT EXISTS (
        SELECT FROM {versions} version JOIN {lines} line ON line.version_id = version.id
        WHERE line.snapshot_id = {snapshot} AND line.table_name = {table} AND version.brought_by = ANY({changes})
    )
""")


def has_contributed_to(snapshot: Snapshot, person: Person) -> bool:
    """Whether a line that the snapshot froze came with an upload or a change of the person."""
    changes = list(Change.objects.filter(made_by=person).values_list("pk", flat=True))
    if not changes:
        return False
    versions: dict[str, type[Versioned]] = {lines.table.name: lines.model for lines in stored_lines()}
    versions[STUDENTS] = StudentVersion
    named = {table["name"] for table in snapshot.tables}
    return any(_has_lines(snapshot, name, model, changes) for name, model in versions.items() if name in named)


def _has_lines(snapshot: Snapshot, table: str, versions: type[Versioned], changes: list[int]) -> bool:
    query = _HAS_LINES.format(
        versions=sql.Identifier(table_of(versions)),
        lines=sql.Identifier(table_of(FrozenLine)),
        snapshot=snapshot.pk,
        table=table,
        changes=sql.Literal(changes),
    )
    with raw_cursor() as cursor:
        cursor.execute(query)
        return bool((cursor.fetchone() or (False,))[0])
