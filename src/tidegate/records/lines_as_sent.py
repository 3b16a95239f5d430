"""Lines on file as a district would send them: in the file type's own columns, as texts."""

from dataclasses import replace

import polars as pl
from django.db import models
from psycopg import sql

from tidegate.core.layouts.identifiers import are_keys_numbers
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.outputs.planned_lines import LineColumns
from tidegate.core.reference.stored_lines import LINE_ID
from tidegate.records.line_tables import as_sent
from tidegate.records.stored_lines import StoredLines
from tidegate.reference.copy_rows import read_columns, stage, table_of
from tidegate.reference.models import Organization

_IDS = "lines_asked_for"
_STORED = sql.SQL("SELECT id, {columns} FROM {table} JOIN {ids} ON id = {line} ORDER BY id")


def titles_of(lines: StoredLines, school_year: SchoolYear) -> LineColumns:
    """Return the titles of a school year's file, with the decimal places of the database."""
    identifiers = None
    if not are_keys_numbers():
        stored = list(Organization.objects.values_list("pk", "identifier"))
        identifiers = pl.DataFrame(stored, schema={"key": pl.Int32, "identifier": pl.String}, orient="row")
    titles = LineColumns.of_layout(lines.table, lines.layout.in_year(school_year), identifiers)
    fields = {title: lines.fields[column.row] for title, column in titles.columns.items()}
    places = {title: field.decimal_places for title, field in fields.items() if isinstance(field, models.DecimalField)}
    return replace(titles, places=places)


def stored_as_sent(lines: StoredLines, ids: pl.Series, titles: LineColumns) -> pl.DataFrame:
    """Return versions by their IDs, in the order of the IDs: LINE_ID and the titles."""
    schema = pl.Schema({LINE_ID: pl.Int64(), **dict.fromkeys(titles.columns, pl.String())})
    if ids.is_empty():
        return schema.to_frame()
    stage(_IDS, ids.alias(LINE_ID).to_frame())
    query = _STORED.format(
        columns=sql.SQL(", ").join(as_sent(lines, column) for column in titles.columns.values()),
        table=sql.Identifier(table_of(lines.model)),
        ids=sql.Identifier(_IDS),
        line=sql.Identifier(LINE_ID),
    )
    return read_columns(query, schema).with_columns(pl.col(pl.String).fill_null(""))
