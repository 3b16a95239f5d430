"""What a person is told who would have to wait for somebody else."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection
from psycopg.errors import DeadlockDetected, LockNotAvailable

from tidegate.core.errors import Conflict


def limit_lock_waits() -> None:
    """Have the rest of the transaction wait for no lock longer than a person waits for an answer."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5s'")


def is_lock_refused(error: BaseException) -> bool:
    """Whether somebody else holds what the transaction needs: for long, or while waiting for this one itself."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, LockNotAvailable | DeadlockDetected)


@contextmanager
def conflict_where_locked() -> Iterator[None]:
    """Raise a Conflict where somebody else has in hand what is waited for."""
    try:
        yield
    except OperationalError as error:
        if not is_lock_refused(error):
            raise
        raise Conflict(
            "An upload with the same students, or an import, is being processed",
            fix="Wait until it has ended, then try again",
            code="BUSY",
        ) from error
