"""The state hash: one number for everything that the records say now, to prove that two states are the same."""

import hashlib
from collections.abc import Iterable
from typing import cast

from django.db import models
from psycopg import sql

from tidegate.records.models import NumberRequest, Student, StudentVersion
from tidegate.records.models.versioned import Versioned
from tidegate.records.stored_lines import line_models
from tidegate.reference.copy_rows import columns_of, raw_cursor, table_of

_NOT_CONTENT = {
    "id", "public_id", "brought_by", "brought_at", "replaced_by", "replaced_at", "put_back_at",
    "asked_by", "asked_at", "resolved_at",
}  # fmt: skip
_COMES_AND_GOES = (
    "django_session",
    "procrastinate_workers",
    "procrastinate_events",
    "procrastinate_jobs",
    "audit_refusalcount",
)
# When events are sealed says nothing of what they are; `tidegate verify-audit` looks at the seals.
_SEALED_LATER = ("audit_unsealed", "audit_seal", "audit_head")
_ALL, _CURRENT = sql.SQL(""), sql.SQL("WHERE replaced_at IS NULL")
# That a copy was made, or the state came from one, is noted after it in the one and not in the other.
_OF_COPIES = sql.SQL("WHERE act <> ALL('{backup.made,database.restored}')")
_KEPT_COLUMNS = """
    SELECT table_name::text, array_agg(column_name::text ORDER BY column_name) FROM information_schema.columns
    JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> ALL(%s)
    GROUP BY table_name ORDER BY table_name COLLATE "C"
"""


def state_hash() -> str:
    """Return the SHA-256, as 64 hex digits, of what the records say now: every current version's content, in an order
    of its own. When a version began, with which upload and under which ID, is left out."""
    digest = hashlib.sha256()
    records: list[type[models.Model]] = [Student, StudentVersion, *line_models(), NumberRequest]
    for model in records:
        columns = [name for name in columns_of(model) if name not in _NOT_CONTENT]
        _add(digest, table_of(model), columns, only=_CURRENT if issubclass(model, Versioned) else _ALL)
    return digest.hexdigest()


def whole_hash(*, with_copies: bool = False) -> str:
    """Return the SHA-256, as 64 hex digits, of every row that the database keeps: all versions with their history, the
    uploads, findings and receipts, the people, the lists, the audit log. Sessions and the queue's workers come and go
    and are left out, and so are the seals of the audit log, which a worker makes by and by, and, unless `with_copies`,
    its events about backups and restores. A backup is compared by it; it needs no particular version of the program."""
    digest = hashlib.sha256()
    with raw_cursor() as cursor:
        cursor.execute(_KEPT_COLUMNS, [[*_COMES_AND_GOES, *_SEALED_LATER]])
        tables = cast("list[tuple[str, list[str]]]", cursor.fetchall())
    for table, columns in tables:
        _add(digest, table, columns, only=_OF_COPIES if table == "audit_event" and not with_copies else _ALL)
    return digest.hexdigest()


def _add(digest: "hashlib._Hash", table: str, columns: Iterable[str], *, only: sql.SQL) -> None:
    query = sql.SQL(
        "COPY (SELECT line FROM (SELECT ROW({})::text AS line FROM {} {}) row ORDER BY line COLLATE {}) TO STDOUT"
    ).format(
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.Identifier(table),
        only,
        sql.Identifier("C"),
    )
    digest.update(f"{table}\n".encode())
    with raw_cursor() as cursor, cursor.copy(query) as rows:
        for piece in rows:
            digest.update(piece)
