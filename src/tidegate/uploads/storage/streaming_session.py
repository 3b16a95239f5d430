"""The database session of a transaction in which a file goes to the store or comes from it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

STREAM_SECONDS = 1_800
"""How long the store may take for what it is asked, and a transaction may wait for it."""
_LIMIT = "idle_in_transaction_session_timeout"
# What has no limit, or a longer one, keeps it: a worker's is that of its upload.
_ALLOW = """
SELECT said, set_config(%(name)s, %(most)s, true) FROM current_setting(%(name)s) AS said
WHERE said::interval > '0' AND said::interval < %(most)s::interval
"""
_TAKE_BACK = "SELECT set_config(%s, %s, true)"


@contextmanager
def streaming_session() -> Iterator[None]:
    """Let the session be idle within the block for as long as the store may take. PostgreSQL would end that of a page
    after TIDEGATE_PAGE_LOCK_SECONDS, and a large file could never arrive. Outside of a transaction there is no such
    limit."""
    if not connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(_ALLOW, {"name": _LIMIT, "most": f"{STREAM_SECONDS}s"})
        before = cursor.fetchone()
    try:
        yield
    finally:
        if before is not None:
            with connection.cursor() as cursor:
                cursor.execute(_TAKE_BACK, [_LIMIT, before[0]])
