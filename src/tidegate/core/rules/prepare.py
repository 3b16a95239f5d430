"""Prepares texts for judging: takes them out of spreadsheet wrappings, mends what is certain, and reads the values."""

from dataclasses import dataclass

import polars as pl

from tidegate.core.layouts.column_types import Text
from tidegate.core.layouts.layout import Column, Layout
from tidegate.core.reading.fault import Fault
from tidegate.core.reading.records import BLANKS

_MOST_EXAMPLES = 5


@dataclass(frozen=True)
class Prepared:
    """Rows with a text and a value (`<name>:value`) for each column, and a notice for what was changed."""

    rows: pl.DataFrame
    notices: list[Fault]


def prepare(rows: pl.DataFrame, layout: Layout) -> Prepared:
    """Return the rows with clean texts and typed values. Nothing is changed without a notice that names the column."""
    columns = list(layout.columns.values())
    cleaned = rows.with_columns(_clean(column).alias(column.name) for column in columns)
    changed = rows.select((pl.col(c.name) != _clean(c)).sum().alias(c.name) for c in columns).row(0, named=True)
    notices = [
        Fault("CELL121", words={"column": name, "count": count_in_words(count)})
        for name, count in changed.items()
        if count
    ]
    mended = [(column, mend) for column in columns if (mend := column.of.mended(pl.col(column.name))) is not None]
    for column, mend in mended:
        put_right = cleaned.select(pl.col(column.name).alias("from"), mend.alias("to")).drop_nulls()
        if not put_right.is_empty():
            notices.append(mended_notice(column.name, put_right["to"]))
    better = {column.name: pl.coalesce(mend, pl.col(column.name)) for column, mend in mended}
    values = [
        column.of.value(better.get(column.name, pl.col(column.name))).alias(f"{column.name}:value")
        for column in columns
    ]
    return Prepared(cleaned.with_columns(values), notices)


def count_in_words(count: int) -> str:
    """Return `1 value` or `212 values`."""
    return f"{count:,} value{'' if count == 1 else 's'}"


def mended_notice(column: str, read_as: pl.Series) -> Fault:
    """Return the notice that values of the column had lost zeros, with what they were read as."""
    different = read_as.unique(maintain_order=True)
    values = ", ".join(f'"{value}"' for value in different.head(_MOST_EXAMPLES))
    more = f" and {different.len() - _MOST_EXAMPLES:,} more" if different.len() > _MOST_EXAMPLES else ""
    words = {
        "column": column,
        "count": count_in_words(read_as.len()),
        "were": "was" if read_as.len() == 1 else "were",
        "values": values + more,
    }
    return Fault("CELL120", words=words)


def _clean(column: Column) -> pl.Expr:
    """Return the text without surrounding spaces and, but for free text, without what keeps zeros in a spreadsheet."""
    text = pl.col(column.name).str.strip_chars(BLANKS)
    if isinstance(column.of, Text) and column.of.max_length > 10:
        return text
    inner = text.str.extract(r'^="?([^"]*)"?$', 1)
    apostrophe = text.str.extract(r"^'([0-9].*)$", 1)
    return pl.coalesce(inner, apostrophe, text).str.strip_chars(BLANKS)
