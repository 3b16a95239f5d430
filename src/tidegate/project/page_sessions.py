"""The database sessions of the pages: none waits for ever, and for none does anybody else."""

from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

_LIMIT = """
SELECT set_config('lock_timeout', %s, false), set_config('idle_in_transaction_session_timeout', %s, false)
"""


def limit_page_sessions() -> None:
    """Have every session that this process opens from now on limited. A web process that is frozen in a transaction
    would keep its locks otherwise."""
    connection_created.connect(_limit)


def _limit(connection: BaseDatabaseWrapper, **_more: Any) -> None:
    limit = f"{settings.TIDEGATE_PAGE_LOCK_SECONDS}s"
    with connection.cursor() as cursor:
        cursor.execute(_LIMIT, [limit, limit])
