"""Columns into PostgreSQL and back: one COPY each way, on Django's own connection, so in the same transaction."""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from typing import LiteralString

import polars as pl
from django.db import connection, transaction
from django.db.models import Model
from psycopg import Cursor, sql

_TYPES: dict[type[pl.DataType], LiteralString] = {
    pl.String: "text",
    pl.Date: "date",
    pl.Decimal: "numeric",
    pl.Int32: "integer",
    pl.UInt32: "bigint",
    pl.Int64: "bigint",
    pl.Boolean: "boolean",
}
_ROWS_PER_SLICE = 20_000
_MIN_ROWS_TO_ANALYZE = 1_000
_BYTES_PER_PIECE = 4 << 20


@contextmanager
def raw_cursor() -> Iterator["Cursor[tuple[object, ...]]"]:
    """Yield psycopg's own cursor on Django's connection: only that one can COPY. Its errors are Django's errors, so
    that a connection that is lost is known as such."""
    with connection.cursor() as cursor, connection.wrap_database_errors:
        yield cursor.cursor


def table_of(model: type[Model]) -> str:
    """Return the name of the model's table."""
    return model._meta.db_table  # noqa: SLF001 - Django's documented way to it


def columns_of(model: type[Model]) -> list[str]:
    """Return the names of the columns of the model's table, in its order."""
    return [str(field.column) for field in model._meta.concrete_fields]  # noqa: SLF001 - as above


def current_time() -> datetime:
    """Return the database's clock. What is done under a lock is stamped by it after the lock was taken, so that the
    order of the stamps is the order in which it was done; `now()` is when the transaction began."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        at: datetime = cursor.fetchone()[0]
    return at


def copy_rows(table: str, rows: pl.DataFrame) -> None:
    """Append `rows` to `table`, whose columns have the same names, within the caller's transaction."""
    copy_slices(table, [rows])


def copy_slices(table: str, slices: Iterable[pl.DataFrame]) -> int:
    """Append the rows of all slices, of which there is at least one, and return how many rows those are."""
    slices = iter(slices)
    first = next(slices)
    columns = sql.SQL(", ").join(map(sql.Identifier, first.columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(sql.Identifier(table), columns)
    row_count = 0
    with raw_cursor() as cursor, cursor.copy(statement) as copy:
        for rows in chain([first], slices):
            row_count += rows.height
            for part in rows.select(first.columns).iter_slices(_ROWS_PER_SLICE):
                buffer = io.BytesIO()
                part.write_csv(buffer, include_header=False)  # null is nothing, an empty text is ""
                copy.write(buffer.getbuffer())
    return row_count


def stage(table: str, rows: pl.DataFrame) -> None:
    """Put `rows` into a temporary table, which goes with the transaction."""
    stage_slices(table, [rows])


def stage_slices(table: str, slices: Iterable[pl.DataFrame]) -> None:
    """Put the rows of all slices, of which there is at least one, into a temporary table."""
    slices = iter(slices)
    first = next(slices)
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(_TYPES[dtype.base_type()]))
        for name, dtype in first.schema.items()
    )
    name = sql.Identifier(table)
    with raw_cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS pg_temp.{}").format(name))
        cursor.execute(sql.SQL("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP").format(name, columns))
    if copy_slices(table, chain([first], slices)) > _MIN_ROWS_TO_ANALYZE:
        with raw_cursor() as cursor:  # without it the planner takes any table for a small one
            cursor.execute(sql.SQL("ANALYZE {}").format(name))


@contextmanager
def staged(table: str, rows: pl.DataFrame) -> Iterator[None]:
    """Hold `rows` in a temporary table, and drop it at the end: the caller's transaction may be a long one."""
    with transaction.atomic():
        stage(table, rows)
        yield
        with raw_cursor() as cursor:
            cursor.execute(sql.SQL("DROP TABLE pg_temp.{}").format(sql.Identifier(table)))


def copy_out(query: sql.Composable) -> Iterator[bytes]:
    """Yield the result of `query` as CSV, in pieces."""
    with raw_cursor() as cursor, cursor.copy(sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(query)) as copy:
        yield from map(bytes, copy)


def read_columns(query: sql.Composable, schema: pl.Schema) -> pl.DataFrame:
    """Return the result of `query` as columns of these names and types, nulls and empty texts
    kept apart."""
    return pl.concat([_columns_of(content, schema) for content in _in_pieces(copy_out(query))] or [schema.to_frame()])


def _in_pieces(rows: Iterable[bytes]) -> Iterator[io.BytesIO]:
    """Yield the rows together, some megabytes at once: a million texts of a row each take more memory than what they
    say."""
    piece = io.BytesIO()
    for row in rows:
        piece.write(row)
        if piece.tell() >= _BYTES_PER_PIECE:
            yield piece
            piece = io.BytesIO()
    if piece.tell():
        yield piece


def _columns_of(content: io.BytesIO, schema: pl.Schema) -> pl.DataFrame:
    content.seek(0)
    return pl.read_csv(content, has_header=False, schema=schema)
