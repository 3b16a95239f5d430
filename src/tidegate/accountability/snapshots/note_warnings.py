"""Notes what the lines of a snapshot are warned of. It loads the check: only what takes a snapshot imports it."""

from psycopg import sql

from tidegate.accountability.frozen_lines.tables import lines_frozen_by
from tidegate.accountability.models import FrozenLine, FrozenWarning, Snapshot
from tidegate.accountability.periods.period import Period
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.rules.rule import Severity
from tidegate.records.stored_lines import StoredLines, field_of, organization_fields
from tidegate.reference.copy_rows import raw_cursor, staged, table_of
from tidegate.reference.organization_keys import identifier_of
from tidegate.uploads.rechecks.check_lines import errors_of_lines

_WARNED = "lines_warned_of"
# Lines are checked a moment after they were frozen. One that came in between is in no snapshot; of one that went in
# between it is not asked.
_NOTE = sql.SQL("""
    INSERT INTO {warnings} (snapshot_id, file_type, version_id, code, identifier)
    SELECT {snapshot}, {file_type}, warned.id, warned.code, coalesce({identifier}::text, '')
    FROM (
        SELECT warned.id, warned.code, coalesce(upload.organization_id, {places}) AS organization_id
        FROM {warned} warned JOIN {table} line ON line.id = warned.id
        LEFT JOIN uploads_upload upload ON upload.id = line.brought_by
    ) warned
    WHERE EXISTS (
        SELECT FROM {lines} line
        WHERE line.snapshot_id = {snapshot} AND line.table_name = {name} AND line.version_id = warned.id
    )
""")


def note_warnings(snapshot: Snapshot, period: Period, school_year: SchoolYear) -> None:
    """Keep what the rules in force warn of in the lines of the school year, in the transaction of the snapshot."""
    for lines in lines_frozen_by(period):
        for _, warned in errors_of_lines(lines, school_year, says=False, severity=Severity.WARNING):
            if not warned.is_empty():
                with staged(_WARNED, warned.select("id", "code")), raw_cursor() as cursor:
                    cursor.execute(_noted(snapshot, lines))


def _noted(snapshot: Snapshot, lines: StoredLines) -> sql.Composed:
    places = [
        sql.Identifier("line", str(field_of(lines.model, name).column)) for name in organization_fields(lines.model)
    ]
    return _NOTE.format(
        warnings=sql.Identifier(table_of(FrozenWarning)),
        snapshot=snapshot.pk,
        file_type=lines.file_type.slug,
        identifier=identifier_of("warned.organization_id"),
        places=sql.SQL(", ").join([*places, sql.SQL("NULL::integer")]),
        warned=sql.Identifier(_WARNED),
        table=sql.Identifier(table_of(lines.model)),
        lines=sql.Identifier(table_of(FrozenLine)),
        name=lines.table.name,
    )
