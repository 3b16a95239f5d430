"""Lines as a district would send them: stored ones and rows of a file, in the file type's own columns, as texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import polars as pl
from django.db import models
from psycopg import sql

from tidegate.core.layouts.identifiers import are_keys_numbers
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.stored_lines import LINE_ID, LineColumn
from tidegate.records.line_tables import as_sent
from tidegate.records.stored_lines import StoredLines
from tidegate.reference.copy_rows import read_columns, stage, table_of
from tidegate.reference.models import Organization

_IDS = "lines_asked_for"
_STORED = sql.SQL("SELECT id, {columns} FROM {table} JOIN {ids} ON id = {line} ORDER BY id")


@dataclass(frozen=True)
class Titles:
    """The columns of a file in which a stored line is shown, each with what fills it, and the organizations' IDs by
    the integers under which they are stored."""

    columns: Mapping[str, LineColumn]
    places: Mapping[str, int]  # of the columns with decimals
    identifiers: pl.DataFrame | None  # where the integers are the IDs themselves there is none

    @classmethod
    def of(cls, lines: StoredLines, school_year: SchoolYear) -> Self:
        """Return the titles of a school year's file."""
        by_title = {column.title: column for column in lines.table.columns}
        titles = [column.name for column in lines.layout.columns_in(school_year)]
        identifiers = None
        if not are_keys_numbers():
            stored = list(Organization.objects.values_list("pk", "identifier"))
            identifiers = pl.DataFrame(stored, schema={"key": pl.Int32, "identifier": pl.String}, orient="row")
        columns = {title: by_title[title] for title in titles if title in by_title}
        fields = {title: lines.fields[column.row] for title, column in columns.items()}
        places = {
            title: field.decimal_places for title, field in fields.items() if isinstance(field, models.DecimalField)
        }
        return cls(columns, places, identifiers)


def stored_as_sent(lines: StoredLines, ids: pl.Series, titles: Titles) -> pl.DataFrame:
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


def rows_as_sent(rows: pl.DataFrame, titles: Titles) -> pl.DataFrame:
    """Return the rows of a file that was checked as they are stored: the titles, in the types of their values. A school
    that the file names by its local ID has its own."""
    return pl.DataFrame(
        [_value(rows[column.row], title, titles).alias(title) for title, column in titles.columns.items()]
    )


def _value(values: pl.Series, title: str, titles: Titles) -> pl.Series:
    column = titles.columns[title]
    if title in titles.places:
        return values.cast(pl.Decimal(scale=titles.places[title]))
    if not column.is_organization or titles.identifiers is None:
        return values
    keys = values.cast(pl.Int32).alias("key").to_frame()
    return keys.join(titles.identifiers, on="key", how="left", maintain_order="left")["identifier"]
