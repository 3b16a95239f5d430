"""Prepares texts for judging: takes them out of spreadsheet wrappings, mends what is certain, and reads the values."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from tidegate.core.layouts.column_types import Digits, Text
from tidegate.core.layouts.layout import Column, Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reading.records import BLANKS
from tidegate.core.rules.changes import Change, change

SHOWN_IN_POWERS = r"^(?:[0-9](\.[0-9]+)?[Ee]\+[0-9]{2,}|#{3,})$"
"""How a spreadsheet shows a number that is too long for its cell: 1.23E+08 or ########. The digits are lost."""

_LOOKED_AT = 2_000
_WRAPPED = r'^="((?:[^"]|"")*)"$'
_APOSTROPHE = r"^'(.*[^'])$"
_NO_WIDTH = "[\u00ad\u200b-\u200f\u2060\ufeff]"


@dataclass(frozen=True)
class Prepared:
    """Rows with a text and a value (`<name>:value`) for each column, and what was changed on the way."""

    rows: pl.DataFrame
    changes: list[Change]


def prepare(
    rows: pl.DataFrame,
    layout: Layout,
    school_year: SchoolYear | None = None,
    *,
    is_fix_file: bool = False,
    is_tidy: bool = False,
) -> Prepared:
    """Return the rows with clean texts and typed values. Nothing is changed without a change that names the column; but
    the wrappings of a fix file are our own. Without a school year no day is put right that could mean another. Of rows
    that are tidy (see `Reading`) the texts are clean already."""
    texts, values, changes = [], [], []
    for column in layout.columns.values():
        text = rows[column.name]
        if not is_tidy:
            text, wrapped = _clean(rows[column.name], column)
            if count := int((text != rows[column.name]).sum()) - (wrapped if is_fix_file else 0):
                changes.append(Change("CELL121", column.name, count, pl.Series(dtype=pl.String)))
        value, mended = _value(text, column, school_year, is_tidy=is_tidy)
        changes += mended
        texts.append(text)
        values.append(value.alias(f"{column.name}:value"))
    return Prepared(rows.with_columns(*texts, *values), changes)


def _clean(text: pl.Series, column: Column) -> tuple[pl.Series, int]:
    """Return the texts without surrounding spaces and what keeps zeros in a spreadsheet, and how many were wrapped as
    a formula. Signs without width stay in free text, where some scripts need them."""
    text = text.str.strip_chars(BLANKS)
    is_wrapped = text.str.starts_with('="')
    wrapped = 0
    if is_wrapped.any():
        inner = text.str.extract(_WRAPPED, 1).str.replace_all('""', '"', literal=True).str.strip_chars(BLANKS)
        wrapped = inner.len() - inner.null_count()
        text = inner.zip_with(inner.is_not_null(), text)
    if isinstance(column.of, Text) and column.of.is_free:
        return text, wrapped
    if text.str.starts_with("'").any():
        inner = text.str.extract(_APOSTROPHE, 1).str.strip_chars(BLANKS)
        text = inner.zip_with(inner.is_not_null(), text)
    if text.str.contains(_NO_WIDTH).any():
        text = text.str.replace_all(_NO_WIDTH, "")
    return text, wrapped


def _value(
    text: pl.Series, column: Column, school_year: SchoolYear | None, *, is_tidy: bool
) -> tuple[pl.Series, list[Change]]:
    """Return the typed values, and what had to be put right or cannot be."""
    value = _read(text, column)
    if value.dtype == pl.String and value.null_count() == 0 and (value == text).all():
        value = text  # the same memory
    is_odd = (text != "") & value.is_null()
    mended: list[Change] = []
    if is_odd.any():
        value, mended = _mend(text, value, is_odd, column=column, school_year=school_year)
    return value, [*mended, *([] if is_tidy else _shown_in_powers(text, value, column))]


def _read(text: pl.Series, column: Column) -> pl.Series:
    """Return the values of the texts. Days and numbers, which take their time, are read once for each distinct text,
    where these are few."""
    value = column.of.value(pl.col(column.name))
    if column.of.polars_type == pl.String or text.head(_LOOKED_AT).n_unique() > _LOOKED_AT // 2:
        return text.to_frame().select(value).to_series()
    categories = pl.Categories.random("texts")
    categorical = text.cast(pl.Categorical(categories))  # the categories live as long as a series has them
    distinct = categories.to_series().rename(column.name)
    return distinct.to_frame().select(value).to_series().gather(categorical.to_physical()).rename(column.name)


def _mend(
    text: pl.Series, value: pl.Series, is_odd: pl.Series, *, column: Column, school_year: SchoolYear | None
) -> tuple[pl.Series, list[Change]]:
    odd = text.filter(is_odd).rename("text").to_frame()
    changes = []
    for mend in column.of.mends(pl.col("text"), school_year):
        found = odd.unique().select("text", mend.value.alias("value")).drop_nulls()
        if found.is_empty():
            continue
        read_as = odd.join(found, on="text", how="inner", maintain_order="left")["value"]
        changes.append(change(mend.code, column.name, read_as, how=mend.how))
        all_found = text.rename("text").to_frame().join(found, on="text", how="left", maintain_order="left")["value"]
        value = value.zip_with(value.is_not_null(), all_found)
    return value, changes


def _shown_in_powers(text: pl.Series, value: pl.Series, column: Column) -> Iterator[Change]:
    """Yield that values are shown as 1.23E+08, where the column holds numbers that are names."""
    if not isinstance(column.of, Digits | Text) or (isinstance(column.of, Text) and column.of.is_free):
        return
    in_doubt = text.filter(value.is_null()) if isinstance(column.of, Digits) else text
    lost = in_doubt.filter(in_doubt.str.contains(SHOWN_IN_POWERS))
    if not lost.is_empty():
        yield change("CELL124", column.name, lost)
