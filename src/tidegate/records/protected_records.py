"""Finds the rows of an import that would change a closed school year, or what somebody has sent or corrected since."""

from typing import LiteralString

from psycopg import sql

from tidegate.records.models import ChangeKind
from tidegate.reference.copy_rows import raw_cursor
from tidegate.reference.import_file import ImportFile, NewerRecords
from tidegate.reference.problem import ReferenceProblem

_BY_DISTRICTS = [ChangeKind.UPLOAD.value, ChangeKind.BY_HAND.value]
# They leave the staged rows, so that neither later checks nor the merge see them.
_TAKE_OUT = sql.SQL("""
WITH differing AS MATERIALIZED ({differing}), protected AS (
    SELECT row, closed_year FROM differing LEFT JOIN records_change change ON change.id = changed_with
    WHERE closed_year IS NOT NULL OR change.kind = ANY(%s)
)
DELETE FROM {staged} new USING protected WHERE new.row = protected.row RETURNING new.row, protected.closed_year
""")


def take_out_protected(file: ImportFile, *, staged: str, differing: LiteralString) -> None:
    """Take rows out of a staged file that may not be merged, and note them in the file: as problems where they would
    change a closed school year, else as its newer rows.

    Args:
        file: The file.
        staged: The temporary table that has its rows.
        differing: The query of the rows that would change something: `row`, its number; `changed_with`, the change that
            brought or ended what is stored, or null; `closed_year`, the name of its school year if that is closed.
    """
    statement = _TAKE_OUT.format(differing=sql.SQL(differing), staged=sql.Identifier(staged))
    kinds = [] if file.newer is NewerRecords.OVERWRITE else _BY_DISTRICTS
    with raw_cursor() as cursor:
        cursor.execute(statement, [kinds])
        taken_out = sorted((int(str(row)), str(closed or "")) for row, closed in cursor.fetchall())
    if file.newer is not NewerRecords.KEEP:
        file.problems += [
            ReferenceProblem(file.file_name, row, f"{closed} is closed: reopen it with a reason, or leave the row out")
            for row, closed in taken_out
            if closed
        ]
    file.newer_rows = [row for row, closed in taken_out if not closed]
