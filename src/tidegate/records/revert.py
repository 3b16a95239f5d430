"""Takes a change back: withdraws the versions that it wrote, restores those that it replaced, part by part.

A part is what is replaced together (see `unit_of`), as far as the change touched it. Where the change took records out
of a unit and put nothing in their place, they may have moved to another: the student's units are then one part.
"""

from typing import Any, LiteralString, NamedTuple, cast

from psycopg import sql

from tidegate.records.models import Change
from tidegate.records.models.versioned import Versioned
from tidegate.records.stored_lines import resting_on, unit_of
from tidegate.reference.copy_rows import columns_of, raw_cursor, table_of

_OWN_COLUMNS = {"id", "replaced_by", "replaced_at", "put_back_at"}
_BEGIN_AGAIN = sql.SQL("DROP TABLE IF EXISTS touched_unit, left_part, later_event, taken_unit")

# The columns of these tables begin with "undo", since those of a unit may be called anything.
_TOUCHED = sql.SQL("""
CREATE TEMPORARY TABLE touched_unit ON COMMIT DROP AS
WITH touched AS (
    SELECT {unit}, max(undo_at) AS undo_at, bool_and(undo_end) AS undo_taken_out, row_number() OVER () AS undo_number
    FROM (
        SELECT {unit}, brought_at AS undo_at, false AS undo_end FROM {table} WHERE brought_by = {change}
        UNION ALL
        SELECT {unit}, replaced_at, true FROM {table} WHERE replaced_by = {change}
    ) version GROUP BY {unit}
)
SELECT {unit}, undo_at, CASE
    WHEN bool_or(undo_taken_out) OVER of_student THEN min(undo_number) OVER of_student ELSE undo_number
END AS undo_part
FROM touched WINDOW of_student AS (PARTITION BY student_id)
""")
_ANALYZE: LiteralString = "ANALYZE touched_unit"
_UNDOS: LiteralString = "SELECT id, at FROM records_change WHERE undoes = %s"
# Where the change was taken back before, it touches nothing any more.
_FORGET_UNDONE = sql.SQL("""
DELETE FROM touched_unit WHERE ({unit}) IN (
    SELECT {unit} FROM {table} WHERE ({unit}) IN (SELECT {unit} FROM touched_unit)
        AND (replaced_by = ANY({undos}) OR put_back_at = ANY({times}))
)
""")
# As the look-up of stored records does: in the order of the numbers, so that a deadlock is impossible.
_LOCK = sql.SQL("""
SELECT number FROM records_student WHERE number IN (SELECT student_id FROM touched_unit)
ORDER BY number FOR NO KEY UPDATE
""")
_PATIENCE = sql.SQL("SET LOCAL lock_timeout = '5s'")  # a person waits for the answer, and a load may take minutes
_LEFT = sql.SQL("CREATE TEMPORARY TABLE left_part (undo_part bigint, student_id text, undo_by bigint) ON COMMIT DROP")
_LATER = sql.SQL("""
CREATE TEMPORARY TABLE later_event ON COMMIT DROP AS
SELECT {unit_of_table}, undo_part, brought_by AS undo_by FROM {table} JOIN touched_unit USING ({unit})
WHERE brought_at > undo_at AND brought_by IS DISTINCT FROM {change}
UNION
SELECT {unit_of_table}, undo_part, replaced_by FROM {table} JOIN touched_unit USING ({unit})
WHERE replaced_at > undo_at AND replaced_by IS DISTINCT FROM {change}
""")
# An undo and what it took back cancel each other out, unit by unit. What the release before has undone bears the same
# change in both columns.
_CANCEL = sql.SQL("""
WITH version AS (
    SELECT {unit_of_table}, brought_by, replaced_by, put_back_at FROM {table}
    WHERE ({unit_of_table}) IN (SELECT {unit_of_table} FROM later_event)
), undo AS (
    SELECT id AS undo_id, at AS undo_time, undoes AS undo_of FROM records_change WHERE undoes IS NOT NULL
), undone AS (
    SELECT {unit_of_table}, brought_by AS undo_by FROM version WHERE brought_by = replaced_by
    UNION
    SELECT {unit_of_table}, undo_of FROM version JOIN undo ON undo_id = replaced_by
    UNION
    SELECT {unit_of_table}, undo_of FROM version JOIN undo ON undo_time = put_back_at
)
DELETE FROM later_event WHERE ({unit_of_table}, undo_by) IN (SELECT {unit_of_table}, undo_by FROM undone)
    OR undo_by IN (SELECT id FROM records_change WHERE undoes IS NOT NULL)
""")
_LEAVE = sql.SQL("INSERT INTO left_part SELECT DISTINCT undo_part, student_id, undo_by FROM later_event")
_DROP_LATER = sql.SQL("DROP TABLE later_event")
_TAKEN = sql.SQL("""
CREATE TEMPORARY TABLE taken_unit ON COMMIT DROP AS
SELECT {unit} FROM touched_unit WHERE undo_part NOT IN (SELECT undo_part FROM left_part)
""")
_COUNT_TAKEN: LiteralString = "SELECT count(DISTINCT student_id) FROM taken_unit"
_COUNT_LEFT: LiteralString = "SELECT count(DISTINCT student_id) FROM left_part"
_CHANGERS: LiteralString = """
SELECT undo_by, count(DISTINCT student_id) FROM left_part GROUP BY undo_by ORDER BY undo_by DESC NULLS LAST
"""
_TO_WITHDRAW = sql.SQL("brought_by = {change} AND replaced_at IS NULL AND ({unit}) IN (SELECT {unit} FROM taken_unit)")
_TO_RESTORE = sql.SQL("""
replaced_by = {change} AND brought_by IS DISTINCT FROM {change} AND ({unit}) IN (SELECT {unit} FROM taken_unit)
""")
_COUNT = sql.SQL("SELECT count(*) FROM {table} WHERE {condition}")
_WITHDRAW = sql.SQL("UPDATE {table} SET replaced_by = {undo}, replaced_at = {at} WHERE {condition}")
_RESTORE = sql.SQL("""
INSERT INTO {table} ({columns}, put_back_at) SELECT {columns}, {at} FROM {table} WHERE {condition} ORDER BY id
""")


class LaterChange(NamedTuple):
    """Who else has changed the same since: a change, or None for an import of before there were changes; and of how
    many students."""

    change_id: int | None
    student_count: int


class Undoable(NamedTuple):
    """What an undo of a change takes back, and what it leaves.

    Attributes:
        withdrawn_count: How many versions it withdraws.
        restored_count: How many it restores.
        student_count: Of how many students these are.
        left_student_count: Of how many students something stays, since somebody has changed it later.
        later: Who has, the newest change first.
    """

    withdrawn_count: int
    restored_count: int
    student_count: int
    left_student_count: int
    later: tuple[LaterChange, ...]


def lock_touched(records: type[Versioned], *, change_id: int) -> None:
    """Lock the students whose records the change touched, until the transaction ends.

    Raises OperationalError, caused by psycopg's LockNotAvailable, where another transaction holds one for five seconds.
    """
    with raw_cursor() as cursor:
        _note_touched(cursor, records, change_id)
        cursor.execute(_PATIENCE)
        cursor.execute(_LOCK)


def find_undoable(records: type[Versioned], *, change_id: int) -> Undoable:
    """Return what an undo of the change would take back now: the parts that nobody has changed since, nor anything that
    rests on them. Call it in a transaction, after `lock_touched` where the answer has to stay true until it ends."""
    names = _names(records, records, change_id)
    with raw_cursor() as cursor:
        _note_touched(cursor, records, change_id)
        cursor.execute(_LEFT)
        for table in (records, *resting_on(records)):
            _note_later(cursor, _names(table, records, change_id))
        cursor.execute(_TAKEN.format(**names))
        cursor.execute(_CHANGERS)
        later = tuple(LaterChange(*found) for found in cast("list[tuple[int | None, int]]", cursor.fetchall()))
        return Undoable(
            withdrawn_count=_count(cursor, _COUNT.format(**names, condition=_TO_WITHDRAW.format(**names))),
            restored_count=_count(cursor, _COUNT.format(**names, condition=_TO_RESTORE.format(**names))),
            student_count=_count(cursor, sql.SQL(_COUNT_TAKEN)),
            left_student_count=_count(cursor, sql.SQL(_COUNT_LEFT)),
            later=later,
        )


def revert(records: type[Versioned], *, change_id: int, undo: Change) -> None:
    """Take back what `find_undoable` has found in the same transaction: withdraw the current versions that the change
    wrote, then restore copies of those that it replaced. Nothing is deleted or overwritten.

    Args:
        records: The records that the change wrote.
        change_id: The change that is taken back.
        undo: The undo, with which the withdrawn versions end; the copies are restored at its time.
    """
    names = _names(records, records, change_id) | {"at": sql.Literal(undo.at), "undo": sql.Literal(undo.pk)}
    columns = [name for name in columns_of(records) if name not in _OWN_COLUMNS]
    names["columns"] = sql.SQL(", ").join(map(sql.Identifier, columns))
    with raw_cursor() as cursor:
        cursor.execute(_WITHDRAW.format(**names, condition=_TO_WITHDRAW.format(**names)))
        cursor.execute(_RESTORE.format(**names, condition=_TO_RESTORE.format(**names)))


def _note_touched(cursor: Any, records: type[Versioned], change_id: int) -> None:
    names = _names(records, records, change_id)
    cursor.execute(_BEGIN_AGAIN)
    cursor.execute(_TOUCHED.format(**names))
    cursor.execute(_ANALYZE)
    cursor.execute(_UNDOS, [change_id])
    undos = cursor.fetchall()
    if undos:
        ids, times = map(list, zip(*undos, strict=True))
        cursor.execute(_FORGET_UNDONE.format(**names, undos=sql.Literal(ids), times=sql.Literal(times)))


def _note_later(cursor: Any, names: dict[str, sql.Composable]) -> None:
    """Note which parts were changed later in one table, and by whom."""
    cursor.execute(_LATER.format(**names))
    cursor.execute(_CANCEL.format(**names))
    cursor.execute(_LEAVE)
    cursor.execute(_DROP_LATER)


def _count(cursor: Any, query: sql.Composable) -> int:
    cursor.execute(query)
    return int(cursor.fetchone()[0])


def _names(table: type[Versioned], records: type[Versioned], change_id: int) -> dict[str, sql.Composable]:
    """Return what the statements name: `unit` has the columns of the records' unit that the table has, too."""
    of_table = unit_of(table)
    unit = tuple(column for column in unit_of(records) if column in columns_of(table))
    return {
        "table": sql.Identifier(table_of(table)),
        "unit": sql.SQL(", ").join(map(sql.Identifier, unit)),
        "unit_of_table": sql.SQL(", ").join(map(sql.Identifier, of_table)),
        "change": sql.Literal(change_id),
    }
