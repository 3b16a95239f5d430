"""Writes versions of imported records: adds the new ones, and ends the ones that they replace."""

from collections.abc import Mapping
from typing import LiteralString

from psycopg import sql

from tidegate.reference.copy_rows import raw_cursor
from tidegate.reference.import_file import ImportFile, Merged, count_rows

_DIFFERING = "differing_rows"
_CREATE = sql.SQL("CREATE TEMPORARY TABLE {rows} ON COMMIT DROP AS {query}")
_COUNT_ENDING = sql.SQL("SELECT count(*) FROM {rows} WHERE ends")
_REPLACE = sql.SQL("""
UPDATE {table} SET replaced_by = {change}, replaced_at = {at} FROM {rows} WHERE id = replaces
""")
_ADD = sql.SQL("""
INSERT INTO {table} ({into}, brought_by, brought_at)
SELECT {values}, {change}, {at} FROM {rows} ORDER BY 1
""")


def write_versions(
    table: str, *, file: ImportFile, before: LiteralString, differing: LiteralString, columns: Mapping[str, str]
) -> Merged:
    """Add a version for every row of a query, and end the current version that it replaces.

    Args:
        table: The table of the records.
        file: The file that is imported, with the change that its versions begin with, and its time.
        before: A statement that has to run first; it takes the ID of the change as `%(change)s`, its time as `%(at)s`.
        differing: The query. Its column `replaces` is the ID of the version that a row replaces, or null; `ends` says
            whether that version had no end and now has one.
        columns: The column of the query from which each stored column is filled.

    Returns:
        How many rows were added, changed and ended.
    """
    # All SQL is written in our own modules.
    names = {
        "table": sql.Identifier(table),
        "rows": sql.Identifier(_DIFFERING),
        "change": sql.Literal(file.change_id),
        # The same for both: between two times, neither the old versions nor the new ones would be on file.
        "at": sql.Literal(file.changed_at),
        "into": sql.SQL(", ").join(map(sql.Identifier, columns)),
        "values": sql.SQL(", ").join(map(sql.Identifier, columns.values())),
    }
    with raw_cursor() as cursor:
        cursor.execute(before, {"change": file.change_id, "at": file.changed_at})
        cursor.execute(_CREATE.format(rows=names["rows"], query=sql.SQL(differing)))
        ended_count = count_rows(cursor, _COUNT_ENDING.format(**names))
        cursor.execute(_REPLACE.format(**names))
        changed_count = cursor.rowcount
        cursor.execute(_ADD.format(**names))
        added_count = cursor.rowcount - changed_count
        cursor.execute(sql.SQL("DROP TABLE {rows}").format(**names))
    return Merged(file.rows.height, added_count, changed_count, ended_count)
