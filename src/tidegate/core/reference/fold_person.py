"""Folds names, so that they are compared without case, spaces, punctuation, accents and letters of one language."""

from collections.abc import Sequence

import polars as pl

from tidegate.core.reference.plain_letters import LETTER_LIKE_SIGNS, PLAIN_LETTERS

_NO_PART_OF_A_NAME = rf"[^\p{{L}}\p{{Nd}}]|[{LETTER_LIKE_SIGNS}]"
_SEPARATOR = "\x1f"


def fold(name: str) -> pl.Expr:
    """Return the letters and digits of the column, in plain small letters: `O\u2019N\u00e9il` is `oneil`, and
    `\u0110\u1eb7ng` is `dang`.

    A name that has neither is kept as it is, so that it does not equal every other such name.
    """
    return pl.col(name).map_batches(_fold, return_dtype=pl.String, is_elementwise=True)


def _fold(names: pl.Series) -> pl.Series:
    names = names.fill_null("")
    others = (names.str.len_bytes() != names.str.len_chars()).arg_true()
    folded = _fold_ascii(names)  # most names are ASCII, which takes less than half of the time
    return folded if others.is_empty() else folded.scatter(others, _fold_any(names.gather(others)))


def _fold_ascii(names: pl.Series) -> pl.Series:
    text = names.str.to_lowercase()
    bare = text.str.replace_all("[^a-z0-9]", "")
    return bare.zip_with(bare != "", text)


def _fold_any(names: pl.Series) -> pl.Series:
    text = names.str.normalize("NFKD").str.to_lowercase()
    plain = text.str.replace_many(list(PLAIN_LETTERS), list(PLAIN_LETTERS.values()))
    bare = plain.str.replace_all(_NO_PART_OF_A_NAME, "")
    return bare.zip_with(bare != "", text)


def person_key(*, last_name: str, first_name: str, date_of_birth: str) -> pl.Expr:
    """Return the folded names and the birth date as one text; null if a part is missing."""
    parts = [fold(last_name), fold(first_name), pl.col(date_of_birth).cast(pl.String)]
    is_whole = pl.all_horizontal(pl.col(last_name, first_name, date_of_birth).is_not_null())
    return pl.when(is_whole).then(pl.concat_str(parts, separator=_SEPARATOR))


def request_key(columns: Sequence[str]) -> pl.Expr:
    """Return a request for a state student number as one text.

    `columns` are the district ID, the district's number for the student, the last, first and middle name, the
    suffix, and the birth date.
    """
    sau, school_student_id, *names, day = columns
    # A spreadsheet drops leading zeros of both IDs; they still name the same student.
    ids = [pl.col(column).fill_null("").str.strip_chars_start("0") for column in (sau, school_student_id)]
    return pl.concat_str([*ids, *map(fold, names), pl.col(day).cast(pl.String)], separator=_SEPARATOR)
