"""The canonical text of a snapshot: what its hash is over. Documented in docs/operating, so that others can recompute
it. What its lines were found to break, or warned of, has a hash of its own: the rules may say more another day, and an
unchanged state keeps its hash. So has what says how lines are read: the text has the columns by their names alone."""

import hashlib
import json
from collections.abc import Iterator, Sequence

from psycopg import sql

from tidegate.accountability.frozen_lines.digest import digest_of
from tidegate.accountability.frozen_lines.materialize import lines_cursor
from tidegate.accountability.models import FrozenFinding, FrozenLine, FrozenWarning, Snapshot
from tidegate.reference.copy_rows import table_of

FORM = "1"
"""The number of the form of the text; it changes with the form."""
# A JSON text has neither of these characters, so that COPY writes every line as it is.
_SORTED = sql.SQL("""
    COPY (SELECT line FROM ({lines}) lines ORDER BY line COLLATE "C")
    TO STDOUT (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')
""")
_FROZEN = sql.SQL("""
    SELECT array_to_json(cells)::text AS line FROM {table} WHERE snapshot_id = {snapshot} AND table_name = {name}
""")
_FOUND = sql.SQL("""
    SELECT json_build_array(file_type, version_id::text, code, identifier)::text AS line FROM {table}
    WHERE snapshot_id = {snapshot}
""")


def content_of(snapshot: Snapshot) -> Iterator[bytes]:
    """Yield the canonical text in pieces: one JSON array of texts a line, in UTF-8, each line with a line feed."""
    yield from map(_line, _head(snapshot))
    for table in snapshot.tables:
        yield _line(["table", table["name"], *table["columns"]])
        yield from _sorted(
            _FROZEN.format(
                table=sql.Identifier(table_of(FrozenLine)), snapshot=snapshot.pk, name=sql.Literal(table["name"])
            )
        )


def hash_of(snapshot: Snapshot) -> str:
    """Return the SHA-256 of the canonical text, as 64 hex digits."""
    return digest_of(content_of(snapshot))


def hash_of_found(snapshot: Snapshot) -> str:
    """Return the SHA-256, as 64 hex digits, of which of its lines broke a rule, or were warned of by one, when it was
    taken."""
    return digest_of(_found(snapshot))


def hash_of_description(snapshot: Snapshot) -> str:
    """Return the SHA-256, as 64 hex digits, of what says how its lines are read: which column of each table is what,
    and which reports it has, as compact JSON with sorted keys."""
    described = {"reports": snapshot.reports, "tables": snapshot.tables}
    text = json.dumps(described, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _found(snapshot: Snapshot) -> Iterator[bytes]:
    for name, model in (("findings", FrozenFinding), ("warnings", FrozenWarning)):
        yield _line(["table", name])
        yield from _sorted(_FOUND.format(table=sql.Identifier(table_of(model)), snapshot=snapshot.pk))


def _sorted(lines: sql.Composable) -> Iterator[bytes]:
    with lines_cursor() as cursor, cursor.copy(_SORTED.format(lines=lines)) as copy:
        yield from map(bytes, copy)


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
