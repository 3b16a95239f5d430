"""Prepares texts for judging: takes them out of spreadsheet wrappings, mends what is certain, and reads the values."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from tidegate.core.layouts.column_types import Digits, Text
from tidegate.core.layouts.layout import Column, Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reading.fault import Fault
from tidegate.core.reading.records import BLANKS

SHOWN_IN_POWERS = r"^(?:[0-9](\.[0-9]+)?[Ee]\+[0-9]{2,}|#{3,})$"
"""How a spreadsheet shows a number that is too long for its cell: 1.23E+08 or ########. The digits are lost."""

_MOST_EXAMPLES = 5
_WRAPPED = r'^="((?:[^"]|"")*)"$'
_APOSTROPHE = r"^'(.*[^'])$"
_NO_WIDTH = "[\u00ad\u200b-\u200f\u2060\ufeff]"


@dataclass(frozen=True)
class Prepared:
    """Rows with a text and a value (`<name>:value`) for each column, and a notice for what was changed."""

    rows: pl.DataFrame
    notices: list[Fault]


def prepare(
    rows: pl.DataFrame,
    layout: Layout,
    school_year: SchoolYear | None = None,
    *,
    is_fix_file: bool = False,
    is_tidy: bool = False,
) -> Prepared:
    """Return the rows with clean texts and typed values. Nothing is changed without a notice that names the column; but
    the wrappings of a fix file are our own. Without a school year no day is put right that could mean another. Of rows
    that are tidy (see `Reading`) the texts are clean already."""
    texts, values, notices = [], [], []
    for column in layout.columns.values():
        text = rows[column.name]
        if not is_tidy:
            text, wrapped = _clean(rows[column.name], column)
            if count := int((text != rows[column.name]).sum()) - (wrapped if is_fix_file else 0):
                notices.append(Fault("CELL121", words={"column": column.name, "count": count_in_words(count)}))
        value, mended = _value(text, column, school_year)
        notices += mended
        texts.append(text)
        values.append(value.alias(f"{column.name}:value"))
    return Prepared(rows.with_columns(*texts, *values), notices)


def count_in_words(count: int) -> str:
    """Return `1 value` or `212 values`."""
    return f"{count:,} value{'' if count == 1 else 's'}"


def mended_notice(code: str, column: str, read_as: pl.Series, *, how: str = "") -> Fault:
    """Return the notice that values of the column were put right, with what they were read as."""
    words = {
        "column": column,
        "count": count_in_words(read_as.len()),
        "were": "was" if read_as.len() == 1 else "were",
        "values": _examples(read_as),
        "how": how,
    }
    return Fault(code, words=words)


def _examples(values: pl.Series) -> str:
    different = values.unique(maintain_order=True)
    more = f" and {different.len() - _MOST_EXAMPLES:,} more" if different.len() > _MOST_EXAMPLES else ""
    return ", ".join(f'"{value}"' for value in different.head(_MOST_EXAMPLES)) + more


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


def _value(text: pl.Series, column: Column, school_year: SchoolYear | None) -> tuple[pl.Series, list[Fault]]:
    """Return the typed values, and the notices of what had to be put right or cannot be."""
    value = text.to_frame().select(column.of.value(pl.col(column.name))).to_series()
    if value.dtype == pl.String and value.null_count() == 0 and (value == text).all():
        value = text  # the same memory
    is_odd = (text != "") & value.is_null()
    notices: list[Fault] = []
    if is_odd.any():
        value, notices = _mend(text, value, is_odd, column=column, school_year=school_year)
    return value, [*notices, *_shown_in_powers(text, value, column)]


def _mend(
    text: pl.Series, value: pl.Series, is_odd: pl.Series, *, column: Column, school_year: SchoolYear | None
) -> tuple[pl.Series, list[Fault]]:
    odd = text.filter(is_odd).rename("text").to_frame()
    notices = []
    for mend in column.of.mends(pl.col("text"), school_year):
        found = odd.unique().select("text", mend.value.alias("value")).drop_nulls()
        if found.is_empty():
            continue
        read_as = odd.join(found, on="text", how="inner", maintain_order="left")["value"]
        notices.append(mended_notice(mend.code, column.name, read_as, how=mend.how))
        all_found = text.rename("text").to_frame().join(found, on="text", how="left", maintain_order="left")["value"]
        value = value.zip_with(value.is_not_null(), all_found)
    return value, notices


def _shown_in_powers(text: pl.Series, value: pl.Series, column: Column) -> Iterator[Fault]:
    """Yield the notice that values are shown as 1.23E+08, where the column holds numbers that are names."""
    if not isinstance(column.of, Digits | Text) or (isinstance(column.of, Text) and column.of.is_free):
        return
    in_doubt = text.filter(value.is_null()) if isinstance(column.of, Digits) else text
    lost = in_doubt.filter(in_doubt.str.contains(SHOWN_IN_POWERS))
    if not lost.is_empty():
        words = {"are": "is" if lost.len() == 1 else "are", "values": ", ".join(lost.unique(maintain_order=True)[:5])}
        yield Fault("CELL124", words={"column": column.name, "count": count_in_words(lost.len()), **words})
