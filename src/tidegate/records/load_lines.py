"""Writes a plan into the model of a file type's lines: the SQL follows from the model and the layout."""

from datetime import datetime
from functools import cache, partial
from typing import Any

import polars as pl
from django.db import IntegrityError, connection, models, transaction

from tidegate.core.layouts.layout import VALUE, Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.stored_lines import LINE_ID
from tidegate.records.stored_lines import StoredField, StoredLines, on_file_of
from tidegate.reference.copy_rows import stage, table_of

_ENDED = "ended_lines"
# What was planned with is ended, or nothing: a line that somebody has replaced meanwhile is not found here.
_END = f"""
UPDATE {{table}} SET replaced_by = %(upload)s, replaced_at = %(at)s
WHERE replaced_at IS NULL AND id IN (SELECT {LINE_ID} FROM {_ENDED})
"""
_ADD = """
INSERT INTO {table} ({columns}, school_year_id, brought_by, brought_at)
SELECT {values}, %(year)s, %(upload)s, %(at)s FROM {{staged}}
"""
# PostgreSQL counts a table anew a minute later by itself. Until then it takes it for the small one
# that it was: the same file, sent again at once, took minutes.
_MIN_LINES_TO_ANALYZE = 10_000
_SHARE_TO_ANALYZE = 10
_IS_LITTLE_KNOWN = "SELECT %(added)s * %(share)s >= reltuples FROM pg_class WHERE oid = %(table)s::regclass"
_LOCK = """
SELECT number FROM records_student WHERE number IN (
    SELECT {student} FROM {table} WHERE id IN (SELECT line_id FROM ended_lines)
) ORDER BY number FOR NO KEY UPDATE
"""
_CURRENT = """
SELECT id FROM {table} WHERE id IN (SELECT line_id FROM ended_lines) AND replaced_at IS NULL
AND school_year_id = %(year)s
"""


def lock_current(lines: StoredLines, ids: pl.Series, *, school_year: SchoolYear) -> pl.Series:
    """Lock the students of lines, in the order of their numbers, until the transaction ends. Return the IDs of those
    that are current lines of the school year."""
    stage(_ENDED, ids.alias(LINE_ID).to_frame())
    student = _quoted(lines.fields[lines.table.student].column)
    table = _quoted(table_of(lines.model))
    with connection.cursor() as cursor:
        cursor.execute(_LOCK.format(student=student, table=table))
        cursor.execute(_CURRENT.format(table=table), {"year": school_year.first})
        return pl.Series(LINE_ID, [row[0] for row in cursor.fetchall()], pl.Int64)


def end_lines(lines: StoredLines, ids: pl.Series, *, upload_id: int, at: datetime) -> None:
    """End current lines. Raises IntegrityError, and leaves it to the caller's transaction to end none, where one of
    them is not current any more: what was planned with has changed."""
    if ids.is_empty():
        return
    stage(_ENDED, ids.alias(LINE_ID).to_frame())
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"upload": upload_id, "at": at}
        cursor.execute(_END.format(table=_quoted(table_of(lines.model))), values)
        if cursor.rowcount != ids.len():
            raise IntegrityError("Lines on file have changed since the plan was made")


def add_lines(lines: StoredLines, staged: str, *, upload_id: int, school_year: SchoolYear, at: datetime) -> None:
    """Add the staged rows as current lines. First end those that they replace: of a key there is one at a time."""
    values: dict[str, Any] = {"year": school_year.first, "upload": upload_id, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_addition(lines, school_year).format(staged=_quoted(staged)), values)
        if cursor.rowcount >= _MIN_LINES_TO_ANALYZE:
            table = table_of(lines.model)
            transaction.on_commit(partial(_analyze_grown, table, added_count=cursor.rowcount), robust=True)


def _analyze_grown(table: str, *, added_count: int) -> None:
    """Let the database count a table anew that has grown by a good part, unless somebody else is at it."""
    values: dict[str, Any] = {"added": added_count, "share": _SHARE_TO_ANALYZE, "table": _quoted(table)}
    with connection.cursor() as cursor:
        cursor.execute(_IS_LITTLE_KNOWN, values)
        if cursor.fetchone()[0]:
            cursor.execute(f"ANALYZE (SKIP_LOCKED) {_quoted(table)}")


@cache
def _addition(lines: StoredLines, school_year: SchoolYear) -> str:
    """Return the statement that adds lines; what is left open is the name of the table with the staged rows."""
    columns = ", ".join(_quoted(field.column) for field in lines.fields.values())
    return _ADD.format(table=_quoted(table_of(lines.model)), columns=columns, values=_values(lines, school_year))


def _values(lines: StoredLines, school_year: SchoolYear) -> str:
    """Return what fills each field."""
    layout = lines.layout.in_year(school_year)
    has = on_file_of(layout).columns
    return ", ".join(_value(layout, row, field, is_there=row in has) for row, field in lines.fields.items())


def _value(layout: Layout, row: str, field: StoredField, *, is_there: bool) -> str:
    """Return what fills a field: a staged column in the field's type. Of a column that the school year has not it is
    blank."""
    of = field.target_field if isinstance(field, models.ForeignKey) else field
    is_text = isinstance(of, models.CharField | models.TextField)
    if not is_there:
        return "''" if is_text and not field.null else f"NULL::{_type_of(of)}"
    staged = _quoted(row.removesuffix(VALUE))
    if is_text:
        is_needed = all(layout.columns[name].required for name in layout.read_from(row))
        return staged if field.null or is_needed else f"coalesce({staged}, '')"
    is_as_staged = isinstance(of, models.DateField) or not row.endswith(VALUE)
    return staged if is_as_staged else f"{staged}::{_type_of(of)}"


def _type_of(field: StoredField) -> str:
    """Return a field's type in the database."""
    return str(field.rel_db_type(connection))


def _quoted(name: str | None) -> str:
    quoted = f'"{name}"'
    return quoted.replace("%", "%%").replace("{", "{{").replace("}", "}}")
