"""What the texts in the files of a reference folder mean."""

from collections.abc import Callable

import polars as pl

from tidegate.core.frames.dictionary import StringDictionary
from tidegate.core.layouts.column_types import is_digits

_STUDENT_NUMBER_DIGITS = 9
_MIN_TEXTS_TO_READ_ONCE = 50_000
"""Fewer texts are read faster than it takes to find out which are alike."""


def student_number(column: str) -> pl.Expr:
    """Return `student_number`, null where the text is none: a number without its zeros is another one."""
    text = pl.col(column)
    is_whole = (text.str.len_bytes() == _STUDENT_NUMBER_DIGITS) & is_digits(text)
    return pl.when(is_whole).then(text.cast(pl.UInt32, strict=False)).alias("student_number")


def students_asked_for(numbers: pl.Series) -> pl.DataFrame:
    """Return `student_number` of the students asked for, to join with."""
    return pl.DataFrame({"student_number": numbers.cast(pl.UInt32)})


def read_once(texts: pl.Series, read: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """Return what `read` makes of the texts; each distinct text is read once."""
    distinct = StringDictionary()
    numbers = distinct.numbers(texts)
    return distinct.texts().alias("text").to_frame().select(read(pl.col("text"))).to_series().gather(numbers)


def read_once_where_many(texts: pl.Series, read: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """Return what `read` makes of a column's texts, for the frame with that column; few texts are each read."""
    return read(pl.col(texts.name)) if texts.len() < _MIN_TEXTS_TO_READ_ONCE else pl.lit(read_once(texts, read))


def first_year(school_year: pl.Expr) -> pl.Expr:
    """Return the year that a school year written as `2020-2021` or `2020` begins in."""
    return school_year.str.slice(0, 4).cast(pl.Int32, strict=False)


def day(text: pl.Expr) -> pl.Expr:
    """Return a day written in one of the two forms that files may use."""
    return pl.coalesce(text.str.to_date("%Y-%m-%d", strict=False), text.str.to_date("%m/%d/%Y", strict=False))


def unwrapped_code(text: pl.Expr) -> pl.Expr:
    """Return a code that may be written as `="01.0000"`."""
    return text.str.strip_chars('="')
