"""How enrollments of one student lie in time: expressions that several rules share.

A period is half open, from the entry date up to but not including the exit date, so that a student may leave one
school and enter another on the same day. A period without an exit date goes on.
"""

import polars as pl

from tidegate.core.rules.columns import place, row_is_bad, value

KEY = ("StateStudentID:value", "school.id", "EnrollmentType:value", "EntryDate:value")
"""What makes two rows speak of the same enrollment."""
STUDENT = "StateStudentID:value"
_OPEN = pl.date(9999, 12, 31)
_PLACE_BITS = 32


def is_primary() -> pl.Expr:
    """Whether the row is a primary enrollment."""
    return value("EnrollmentType") == "P"


def is_concurrent() -> pl.Expr:
    """Whether the row is a concurrent enrollment."""
    return value("EnrollmentType") == "C"


def end() -> pl.Expr:
    """The exit date; of a period that goes on, a day that never comes."""
    return pl.coalesce(value("ExitDate"), _OPEN)


def is_repeated() -> pl.Expr:
    """Whether an earlier row of the file speaks of the same enrollment."""
    return (pl.col("row") > pl.col("row").min().over(KEY)).fill_null(False) & _has_key()


def _has_key() -> pl.Expr:
    return pl.all_horizontal(pl.col(KEY).is_not_null())


def counts_as_primary() -> pl.Expr:
    """Whether the row is, or will be, a primary enrollment of some length."""
    return (is_primary() & ~row_is_bad() & ~is_repeated() & (value("EntryDate") < end())).fill_null(False)


def overlapping_primary() -> pl.Expr:
    """Return the place of another primary enrollment of the student at the same time; null where there is none.

    In the order of entry dates a period overlaps an earlier one if the latest end so far lies after its entry, and a
    later one if the next entry lies before its end: one pass, however many rows a student has.
    """
    among = [pl.col(STUDENT), counts_as_primary()]
    by_entry = value("EntryDate")
    end_and_place = end().to_physical().cast(pl.Int64) * 2**_PLACE_BITS + place()
    latest = end_and_place.cum_max().shift(1).over(among, order_by=by_entry)
    earlier = pl.when(latest // 2**_PLACE_BITS > value("EntryDate").to_physical()).then(latest % 2**_PLACE_BITS)
    next_place = place().shift(-1).over(among, order_by=by_entry)
    next_entry = value("EntryDate").shift(-1).over(among, order_by=by_entry)
    later = pl.when(next_entry < end()).then(next_place)
    return pl.when(counts_as_primary()).then(pl.coalesce(earlier, later))


def covering_primary_end() -> pl.Expr:
    """Return the end of the primary enrollment that covers the row's entry date; null where none does."""
    order = [value("EntryDate"), is_concurrent()]
    ends = pl.when(is_primary() & ~row_is_bad()).then(end())
    latest = ends.cum_max().forward_fill().over(STUDENT, order_by=order)
    return pl.when(latest >= value("EntryDate")).then(latest)


def outlasting_concurrent() -> pl.Expr:
    """Return the place of a stored concurrent enrollment that goes on after the row, a primary one, ends; null where
    there is none. A concurrent enrollment stands beside the primary one that began last before it."""
    order = [value("EntryDate"), is_concurrent()]
    is_good_primary = is_primary() & ~row_is_bad()
    latest = pl.when(is_good_primary).then(end()).cum_max().forward_fill()
    outlasts = latest.is_null() | (latest < value("EntryDate")) | (end() > latest)
    is_outlasting = is_concurrent() & pl.col("row").is_null() & outlasts
    another = pl.lit(-1, dtype=pl.Int64)
    below = pl.when(is_outlasting).then(place()).when(is_good_primary).then(another).shift(-1).backward_fill()
    following = below.over(STUDENT, order_by=order)
    return pl.when(is_good_primary & (following >= 0)).then(following)
