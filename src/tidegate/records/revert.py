"""Reverts an upload: withdraws the versions that it wrote, restores those that it replaced; finds later changes."""

from typing import Any, NamedTuple, cast

from psycopg import sql

from tidegate.records.models import Change
from tidegate.records.models.versioned import Versioned
from tidegate.records.stored_lines import resting_on, unit_of
from tidegate.reference.copy_rows import columns_of, raw_cursor, table_of

_OWN_COLUMNS = {"id", "replaced_by", "replaced_at", "put_back_at"}

_TOUCHED = sql.SQL("""
CREATE TEMPORARY TABLE touched_unit ON COMMIT DROP AS
SELECT {unit}, max(at) AS at FROM (
    SELECT {unit}, brought_at AS at FROM {table} WHERE brought_by = {upload}
    UNION ALL
    SELECT {unit}, replaced_at FROM {table} WHERE replaced_by = {upload}
) version GROUP BY {unit}
""")
# As the look-up of stored records does: in the order of the numbers, so that a deadlock is impossible.
_LOCK = sql.SQL("""
SELECT number FROM records_student WHERE number IN (SELECT student_id FROM touched_unit)
ORDER BY number FOR NO KEY UPDATE
""")
_PATIENCE = sql.SQL("SET LOCAL lock_timeout = '5s'")  # a person waits for the answer, and a load may take minutes
_LATER = sql.SQL("""
SELECT changer, count(DISTINCT student_id) FROM (
    SELECT student_id, brought_by AS changer FROM {table} JOIN touched_unit USING ({unit})
    WHERE brought_at > at AND brought_by IS DISTINCT FROM {upload}
    UNION ALL
    SELECT student_id, replaced_by FROM {table} JOIN touched_unit USING ({unit})
    WHERE replaced_at > at AND replaced_by IS DISTINCT FROM {upload}
) change GROUP BY changer
""")
_WITHDRAW = sql.SQL("""
UPDATE {table} SET replaced_by = {undo}, replaced_at = {at} WHERE brought_by = {upload} AND replaced_at IS NULL
""")
_PUT_BACK = sql.SQL("""
INSERT INTO {table} ({columns}, put_back_at)
SELECT {columns}, {at} FROM {table} WHERE replaced_by = {upload} AND brought_by IS DISTINCT FROM {upload} ORDER BY id
""")


class LaterChange(NamedTuple):
    """Who else has changed what the upload touched: an upload, or None for an import; and of how many students."""

    upload_id: int | None
    student_count: int


class Reverted(NamedTuple):
    """How many versions were withdrawn, and how many put back."""

    withdrawn_count: int
    put_back_count: int


def lock_touched(records: type[Versioned], *, upload_id: int) -> None:
    """Lock the students whose records the upload changed, until the transaction ends.

    Raises OperationalError, caused by psycopg's LockNotAvailable, where another transaction holds one for five seconds.
    """
    with raw_cursor() as cursor:
        _note_touched(cursor, records, upload_id)
        cursor.execute(_PATIENCE)
        cursor.execute(_LOCK)


def later_changes(records: type[Versioned], *, upload_id: int) -> list[LaterChange]:
    """Return the later uploads that changed the same records, or records that depend on them, the newest first.

    Call `lock_touched` first where the answer has to stay true until the transaction ends.
    """
    found: dict[int | None, int] = {}
    with raw_cursor() as cursor:
        _note_touched(cursor, records, upload_id)
        for table in (records, *resting_on(records)):
            cursor.execute(_LATER.format(**_names(table, records, upload_id)))
            for changer, student_count in cast("list[tuple[int | None, int]]", cursor.fetchall()):
                found[changer] = max(found.get(changer, 0), student_count)
    newest_first = sorted(found.items(), key=lambda change: change[0] or 0, reverse=True)
    return [LaterChange(changer, count) for changer, count in newest_first]


def revert(records: type[Versioned], *, upload_id: int, undo: Change) -> Reverted:
    """Withdraw the current versions that the upload wrote, then restore copies of those that it replaced, as `undo`.

    Nothing is deleted or overwritten. Call it only where `later_changes` is empty.
    """
    names = _names(records, records, upload_id) | {"at": sql.Literal(undo.at), "undo": sql.Literal(undo.pk)}
    columns = [name for name in columns_of(records) if name not in _OWN_COLUMNS]
    names["columns"] = sql.SQL(", ").join(map(sql.Identifier, columns))
    with raw_cursor() as cursor:
        cursor.execute(_WITHDRAW.format(**names))
        withdrawn = cursor.rowcount
        cursor.execute(_PUT_BACK.format(**names))
        return Reverted(withdrawn, cursor.rowcount)


def _note_touched(cursor: Any, records: type[Versioned], upload_id: int) -> None:
    cursor.execute("DROP TABLE IF EXISTS touched_unit")
    cursor.execute(_TOUCHED.format(**_names(records, records, upload_id)))


def _names(table: type[Versioned], records: type[Versioned], upload_id: int) -> dict[str, Any]:
    unit = unit_of(records)
    if table is not records:  # what rests on the records may not have all of their columns
        unit = tuple(column for column in unit if column in columns_of(table))
    return {
        "table": sql.Identifier(table_of(table)),
        "unit": sql.SQL(", ").join(map(sql.Identifier, unit)),
        "upload": sql.Literal(upload_id),
    }
