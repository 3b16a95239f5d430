"""The state hash: one number for everything that the records say now, to prove that two states are the same."""

import hashlib
from collections.abc import Iterable

from django.apps import apps
from django.db import models
from psycopg import sql

from tidegate.records.models import CteRecord, Enrollment, NumberRequest, Student, StudentVersion
from tidegate.records.models.versioned import Versioned
from tidegate.reference.copy_rows import columns_of, raw_cursor, table_of

_RECORDS: tuple[type[models.Model], ...] = (Student, StudentVersion, Enrollment, CteRecord, NumberRequest)
_NOT_CONTENT = {
    "id", "public_id", "brought_by", "brought_at", "replaced_by", "replaced_at", "put_back_at",
    "asked_by", "asked_at", "resolved_at",
}  # fmt: skip
_KEPT_APPS = ("reference", "accounts", "records", "uploads", "audit", "api")


def state_hash() -> str:
    """Return the SHA-256, as 64 hex digits, of what the records say now: every current version's content, in an order
    of its own. When a version was brought, by which upload and under which ID is left out."""
    digest = hashlib.sha256()
    for model in _RECORDS:
        columns = [name for name in columns_of(model) if name not in _NOT_CONTENT]
        _add(digest, model, columns, only_current=issubclass(model, Versioned))
    return digest.hexdigest()


def whole_hash() -> str:
    """Return the SHA-256, as 64 hex digits, of every row that is kept: all versions with their history, the uploads,
    their findings and receipts, the people, the reference lists and the audit log. A backup is compared by it."""
    digest = hashlib.sha256()
    for name in _KEPT_APPS:
        for model in sorted(apps.get_app_config(name).get_models(), key=table_of):
            _add(digest, model, columns_of(model), only_current=False)
    return digest.hexdigest()


def _add(digest: "hashlib._Hash", model: type[models.Model], columns: Iterable[str], *, only_current: bool) -> None:
    query = sql.SQL(
        "COPY (SELECT line FROM (SELECT ROW({})::text AS line FROM {} {}) row ORDER BY line COLLATE {}) TO STDOUT"
    ).format(
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.Identifier(table_of(model)),
        sql.SQL("WHERE replaced_at IS NULL" if only_current else ""),
        sql.Identifier("C"),
    )
    digest.update(f"{table_of(model)}\n".encode())
    with raw_cursor() as cursor, cursor.copy(query) as rows:
        for piece in rows:
            digest.update(piece)
