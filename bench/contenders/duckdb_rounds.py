"""The rules across the rows of a Student Enrollment file, asked again until no further row turns bad."""

from collections.abc import Sequence

import duckdb

_COUNT = "SELECT count(*) FROM turned"
_STUDENTS = "CREATE OR REPLACE TEMP TABLE asked AS SELECT DISTINCT number FROM judged WHERE number IS NOT NULL"
_AFFECTED = """
CREATE OR REPLACE TEMP TABLE asked AS SELECT DISTINCT number FROM judged JOIN (SELECT row FROM turned OFFSET {}) USING (row)
"""


def ask(connection: duckdb.DuckDBPyConnection, preparing: Sequence[str], round_: Sequence[str]) -> None:
    """Ask the rules of all students, and then of those of whom a row has turned bad in the round before."""
    connection.execute(_STUDENTS)
    for statement in preparing:
        connection.execute(statement)
    before = -1
    while (count := _count(connection)) != before:
        if before >= 0:
            connection.execute(_AFFECTED.format(before))
        before = count
        for statement in round_:
            connection.execute(statement)


def _count(connection: duckdb.DuckDBPyConnection) -> int:
    found = connection.execute(_COUNT).fetchone()
    return int(found[0]) if found else 0
