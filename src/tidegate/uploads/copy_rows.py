"""Copies columns into PostgreSQL as they are: one COPY, no row objects."""

import io
from collections.abc import Sequence

import polars as pl
from django.db import connection
from psycopg import Cursor, sql

_TYPES: dict[type[pl.DataType], str] = {
    pl.String: "text",
    pl.Date: "date",
    pl.Decimal: "numeric",
    pl.Int32: "integer",
    pl.UInt32: "bigint",
    pl.Int64: "bigint",
    pl.Boolean: "boolean",
}
_SLICE = 100_000


def copy_rows(table: str, rows: pl.DataFrame) -> None:
    """Append `rows` to `table`, whose columns have the same names, within the transaction at hand."""
    columns = sql.SQL(", ").join(map(sql.Identifier, rows.columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(sql.Identifier(table), columns)
    with connection.cursor() as cursor:
        raw: Cursor[tuple[object, ...]] = cursor.cursor
        with raw.copy(statement) as copy:
            for part in rows.iter_slices(_SLICE):
                buffer = io.BytesIO()
                part.write_csv(buffer, include_header=False)  # null is nothing, an empty text is ""
                copy.write(buffer.getvalue())


def stage(table: str, rows: pl.DataFrame, *, keys: Sequence[str] = ()) -> None:
    """Put `rows` into a temporary table that goes with the transaction."""
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(_TYPES[kind.base_type()]))  # type: ignore[arg-type]
        for name, kind in rows.schema.items()
    )
    name = sql.Identifier(table)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
        cursor.execute(sql.SQL("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP").format(name, columns))
    copy_rows(table, rows)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("ANALYZE {}").format(name))
