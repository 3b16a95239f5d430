"""A file that asks the database, whenever it is read, how long the session may be idle in its transaction."""

import io

from django.db import connection

_LIMIT = "idle_in_transaction_session_timeout"


class AskingFile(io.BytesIO):
    """A file in memory; `limits` has what the database has answered."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.limits: set[str] = set()

    def read(self, size: int | None = -1) -> bytes:
        self.limits.add(session_limit())
        return super().read(size)


def session_limit() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [_LIMIT])
        return cursor.fetchone()[0]


def limit_session(limit: str) -> None:
    """Limit this session until the test is taken back, as that of a page is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, false)", [_LIMIT, limit])
