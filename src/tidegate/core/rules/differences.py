"""In which columns rows of one key differ, from a few bits of each cell: the cells themselves are not kept."""

from collections.abc import Sequence

import polars as pl

from tidegate.core.layouts.layout import VALUE

# So many bits of a cell's hash are kept: of 65,536 pairs of cells that differ, one is taken for alike.
_BITS = 16
_PER_NUMBER = 64 // _BITS


def what_is_said(column: str) -> list[pl.Expr]:
    """Return the contents of a cell as two fields: its value, and its text if it has no value. An unreadable cell
    counts by its text, because it is not blank and nobody can know whether it means the same as another one."""
    value = pl.col(f"{column}{VALUE}")
    unread = pl.when(value.is_null()).then(pl.col(column).fill_null(""))
    return [value, unread.alias(f"{column}:unread")]


def fingerprints(columns: Sequence[str], name: str) -> dict[str, pl.Expr]:
    """Return numbers computed from the cells of these columns, for `differing`."""
    return {
        f"{name}{number}": pl.sum_horizontal(
            (pl.struct(what_is_said(column)).hash() % 2**_BITS) * 2 ** (_BITS * at) for at, column in enumerate(some)
        )
        for number, some in enumerate(_in_fours(columns))
    }


def differing(columns: Sequence[str], name: str, *, equals: Sequence[str | pl.Expr]) -> pl.Expr:
    """Return the names of the columns in which rows that agree in `equals` differ, in words."""
    named = [
        pl.when(_differ(f"{name}{number}", at, equals)).then(pl.lit(column))
        for number, some in enumerate(_in_fours(columns))
        for at, column in enumerate(some)
    ]
    listed = pl.concat_str(named, separator=", ", ignore_nulls=True).str.replace(", ([^,]+)$", " and $1")
    return pl.when(listed == "").then(pl.lit("values")).otherwise(listed)


def _in_fours(columns: Sequence[str]) -> list[Sequence[str]]:
    return [columns[at : at + _PER_NUMBER] for at in range(0, len(columns), _PER_NUMBER)]


def _differ(number: str, at: int, equals: Sequence[str | pl.Expr]) -> pl.Expr:
    part = (pl.col(number) // 2 ** (_BITS * at)) % 2**_BITS
    least, most = (each.over(equals) for each in (part.min(), part.max()))
    differs: pl.Expr = least.ne(most)
    return differs


def two_rows(row: str, equals: Sequence[str]) -> dict[str, pl.Expr]:
    """Return `first_row` and `other_row` of rows that agree in `equals`: the first one, and this one or, for the first
    one, the last."""
    number = pl.col(row)
    first, last = number.min().over(equals), number.max().over(equals)
    return {"first_row": first, "other_row": pl.when(number == first).then(last).otherwise(number)}
