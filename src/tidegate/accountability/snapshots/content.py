"""The canonical text of a snapshot: what its hash is over. Documented in docs/operating, so that others can recompute
it."""

import hashlib
import json
from collections.abc import Iterator, Sequence

from psycopg import sql

from tidegate.accountability.frozen_lines.materialize import lines_cursor
from tidegate.accountability.models import FrozenLine, Snapshot
from tidegate.reference.copy_rows import table_of

FORM = "1"
"""The number of the form of the text; it changes with the form."""
# A JSON text has neither of these characters, so that COPY writes every line as it is.
_LINES = sql.SQL("""
    COPY (
        SELECT line FROM (
            SELECT array_to_json(cells)::text AS line FROM {table}
            WHERE snapshot_id = {snapshot} AND table_name = {name}
        ) frozen ORDER BY line COLLATE "C"
    ) TO STDOUT (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')
""")


def content_of(snapshot: Snapshot) -> Iterator[bytes]:
    """Yield the canonical text in pieces: one JSON array of texts a line, in UTF-8, each line with a line feed."""
    yield from map(_line, _head(snapshot))
    for table in snapshot.tables:
        yield _line(["table", table["name"], *table["columns"]])
        query = _LINES.format(
            table=sql.Identifier(table_of(FrozenLine)), snapshot=snapshot.pk, name=sql.Literal(table["name"])
        )
        with lines_cursor() as cursor, cursor.copy(query) as copy:
            yield from map(bytes, copy)


def hash_of(snapshot: Snapshot) -> str:
    """Return the SHA-256 of the canonical text, as 64 hex digits."""
    digest = hashlib.sha256()
    for piece in content_of(snapshot):
        digest.update(piece)
    return digest.hexdigest()


def _head(snapshot: Snapshot) -> Iterator[Sequence[str]]:
    yield ("tidegate snapshot", FORM)
    yield ("period", snapshot.period)
    yield ("title", snapshot.title)
    yield ("school year", snapshot.school_year.name)
    yield ("count day", snapshot.count_day.isoformat())
    for name, digest in sorted(snapshot.digests.items()):
        yield ("digest", name, digest)


def _line(cells: Sequence[str]) -> bytes:
    return json.dumps(list(cells), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
