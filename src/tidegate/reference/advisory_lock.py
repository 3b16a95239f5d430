"""An advisory lock of PostgreSQL: transactions that take the same name run one after the other."""

from django.db import connection

REFERENCE_LISTS = "import reference"
"""The lock of whoever changes reference lists: an import of a folder, or a change of one list."""


def advisory_lock(name: str) -> None:
    """Wait until no other transaction holds the lock of this name, and hold it until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
