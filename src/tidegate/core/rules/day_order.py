"""Tells whether the dates of a column have the day or the month first, by those that can be read in one order alone."""

import polars as pl

_PARTS = r"^([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})$"
_FEWEST = 2


def may_have_the_day_first(asked: pl.Series) -> pl.Series:
    """Return where a date can be read in both orders, and more of the dates must have the day first than the month.

    `asked` is a struct with `text`, `value` (the day that was read, null for none) and, where both days must lie in the
    school year, `first` and `last` of it.
    """
    rows = asked.struct.unnest()
    unreadable = rows.filter(pl.col("value").is_null() & (pl.col("text") != ""))
    day_first = _count(unreadable, day_at=1) if not unreadable.is_empty() else 0
    if day_first < _FEWEST or day_first <= _count(rows, day_at=2):
        return pl.repeat(False, rows.height, eager=True)
    other = pl.col("text").str.replace(_PARTS, "$3-$2-$1").str.to_date("%Y-%m-%d", strict=False)
    is_other = other.is_not_null() & (other != pl.col("value"))
    if "first" in rows.columns:
        is_other &= other.is_between(pl.col("first"), pl.col("last"))
    return rows.select(is_other.fill_null(False)).to_series()


def _count(rows: pl.DataFrame, *, day_at: int) -> int:
    """Return how many different dates can be read with the day at this place alone."""
    day, month = (pl.col("text").str.extract(_PARTS, place).cast(pl.Int8) for place in (day_at, 3 - day_at))
    return rows.filter((day > 12) & (month <= 12)).get_column("text").n_unique()
