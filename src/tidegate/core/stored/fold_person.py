"""Folds names, so that they are compared without case, spaces, punctuation and accents."""

from collections.abc import Sequence

import polars as pl

_SEPARATOR = "\x1f"


def fold(name: str) -> pl.Expr:
    """Return the letters and digits of the column, in small letters and without accents: `O\u2019N\u00e9il` is `oneil`.

    A name that has neither is kept as it is, so that it does not equal every other such name.
    """
    text = pl.col(name).fill_null("").str.normalize("NFKD").str.to_lowercase()
    bare = text.str.replace_all(r"[^\p{L}\p{Nd}]", "")
    return pl.when(bare != "").then(bare).otherwise(text)


def person_key(*, last_name: str, first_name: str, date_of_birth: str) -> pl.Expr:
    """Return the folded names and the birth date as one text; null where a part is missing."""
    parts = [fold(last_name), fold(first_name), pl.col(date_of_birth).cast(pl.String)]
    is_whole = pl.all_horizontal(pl.col(last_name, first_name, date_of_birth).is_not_null())
    return pl.when(is_whole).then(pl.concat_str(parts, separator=_SEPARATOR))


def request_key(columns: Sequence[str]) -> pl.Expr:
    """Return what was asked for as one text. `columns` are the SAU ID, its number for the student, the last, first and
    middle name, the suffix, and the birth date."""
    sau, school_student_id, *names, day = columns
    # A spreadsheet takes zeros off the front of both IDs; the student whom they name stays the same.
    ids = [pl.col(column).fill_null("").str.strip_chars_start("0") for column in (sau, school_student_id)]
    return pl.concat_str([*ids, *map(fold, names), pl.col(day).cast(pl.String)], separator=_SEPARATOR)
