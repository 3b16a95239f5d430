"""How enrollments of one student lie in time: expressions that several rules share.

A period is half open, from the entry date up to but not including the exit date, so that a student may leave one
school and enter another on the same day. A period without an exit date goes on.
"""

from collections.abc import Sequence
from typing import Literal

import polars as pl

from tidegate.core.rules.differences import what_is_said
from tidegate.core.rules.expressions import (
    POSITION,
    ROW,
    at_position,
    before,
    renumber,
    repeated_rows,
    row_is_bad,
    value,
)

KEY = ("StateStudentID:value", "school.id", "EnrollmentType:value", "EntryDate:value")
"""What makes two rows speak of the same enrollment."""
STUDENT = "StateStudentID:value"
OVERLAPPING = "ENR501.overlapping"
COVERED_UNTIL = "ENR502.covered_until"
OUTLASTING = "ENR504.outlasting"
NEAREST = "ENR502.nearest"
CONTENT = (
    "SAUID",
    "SchoolStudentID",
    "GradeLevel",
    "StartStatus",
    "ResidentSAUID",
    "ResidentTownCode",
    "ExitDate",
    "ExitType",
    "Comments",
)
"""What a row says of an enrollment in addition to its key."""
NEEDED = (STUDENT, "EnrollmentType:value", "EntryDate:value", "ExitDate:value")
"""What periods are compared by."""
_OPEN = pl.date(9999, 12, 31)
# Days from the year 1 to 1970.
_DAY_ZERO = 719_163
# More than there are days to the year 9999.
_DAYS = 2**22


def is_primary() -> pl.Expr:
    """Whether the row is a primary enrollment."""
    return value("EnrollmentType") == "P"


def is_concurrent() -> pl.Expr:
    """Whether the row is a concurrent enrollment."""
    return value("EnrollmentType") == "C"


def end() -> pl.Expr:
    """The exit date; of a period that goes on, a day that never comes."""
    return _end_of(value("ExitDate"))


def _end_of(exit_date: pl.Expr) -> pl.Expr:
    return pl.coalesce(exit_date, _OPEN)


def is_repeated() -> pl.Expr:
    """Whether an earlier one of the rows speaks of the same enrollment."""
    return (pl.col(ROW) > pl.col(ROW).min().over(KEY)).fill_null(False) & has_key()


def has_key() -> pl.Expr:
    """Whether everything is known that names the enrollment."""
    return pl.all_horizontal(pl.col(KEY).is_not_null())


def content() -> pl.Expr:
    """Return a hash of what the row says in addition to its key. An unreadable cell counts by
    its text: it is not blank, and it cannot be known whether it means the same as another one."""
    return pl.struct([each for column in CONTENT for each in what_is_said(column)]).hash()


def counts_as_primary() -> pl.Expr:
    """Whether the row is, or will be, a primary enrollment of some length."""
    return (is_primary() & ~row_is_bad() & (value("EntryDate") < end())).fill_null(False)


def among_students(rows: pl.DataFrame, is_one: pl.Expr, *, are_several: bool = False) -> pl.DataFrame:
    """Return the rows of the students who have a row for which `is_one` is true, or several such
    rows."""
    ones = rows.lazy().filter(is_one).select(STUDENT).collect()
    if are_several:
        ones = ones.filter(pl.col(STUDENT).is_duplicated())
    return renumber(rows.filter(pl.col(STUDENT).is_in(ones[STUDENT].implode())))


def among_equals(rows: pl.DataFrame, *, only_good: bool = False) -> pl.DataFrame:
    """Return the rows of the file, or only those without an error, whose enrollment occurs more than once among them;
    by chance also some other rows."""
    return renumber(_equals(rows, ~row_is_bad() if only_good else pl.lit(True)))


def _equals(rows: pl.DataFrame, counts: pl.Expr) -> pl.DataFrame:
    return repeated_rows(rows, KEY, pl.col(ROW).is_not_null() & has_key() & counts)


def with_overlaps(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the students who have several primary enrollments, with OVERLAPPING: the
    position of another one of the student at the same time, null if there is none.

    In the order of entry dates a period overlaps an earlier one if the latest end so far lies after
    its entry, and a later one if the next entry lies before its end: one pass, however many rows a
    student has. A row and those that repeat it count once, and overlap the same.
    """
    rows = among_students(rows, is_primary() & ~row_is_bad(), are_several=True)
    primary = rows.filter(counts_as_primary())
    equals = _equals(primary, pl.lit(True))
    repeated = equals.filter(is_repeated())  # asked of all rows it takes longer than all the rest
    counted = primary.filter(~pl.col(POSITION).is_in(repeated[POSITION].implode())).select(
        POSITION, STUDENT, _in_time(), _days(value("EntryDate")).alias("entry"), _days(end()).alias("end")
    )
    ordered = counted.sort("in time", maintain_order=True).with_columns(_follows())
    ordered = ordered.with_columns(_marks("follows", "end").alias("mark"))
    is_latest = pl.col("mark") == pl.col("mark").cum_max()
    latest = pl.when(is_latest).then(pl.int_range(pl.len())).forward_fill().shift(1)
    ordered = ordered.with_columns(latest.alias("latest"))
    is_early = pl.col("follows") & (pl.col("end").gather("latest") > pl.col("entry"))
    is_late = pl.col("follows").shift(-1) & (pl.col("entry").shift(-1) < pl.col("end"))
    earlier = pl.when(is_early).then(pl.col(POSITION).gather("latest"))
    later = pl.when(is_late).then(pl.col(POSITION).shift(-1))
    found = ordered.select(POSITION, pl.coalesce(earlier, later).alias(OVERLAPPING)).drop_nulls()
    alike = (
        equals.join(found, on=POSITION, how="left").select(POSITION, pl.col(OVERLAPPING).max().over(KEY)).drop_nulls()
    )
    return _with_found(rows, pl.concat([found, alike]))


def with_covering(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with COVERED_UNTIL: the end of the primary enrollment that covers the row's entry date, null
    where none does."""
    ends = pl.when(is_primary() & ~row_is_bad()).then(_days(end())).fill_null(0)
    ordered = rows.select(POSITION, STUDENT, _in_time(), value("EntryDate").alias("entry"), ends.alias("end"))
    ordered = ordered.sort("in time", maintain_order=True).with_columns(_follows())
    latest = _marks("follows", "end").cum_max() % _DAYS
    ordered = ordered.with_columns((latest - _DAY_ZERO).cast(pl.Int32).cast(pl.Date).alias("until"))
    until = pl.when(pl.col("until") >= pl.col("entry")).then("until").alias(COVERED_UNTIL)
    return _with_found(rows, ordered.select(POSITION, until))


def with_nearest(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the students of whom a concurrent row is not covered, with COVERED_UNTIL and NEAREST: the
    position of the primary enrollment that begins next after the row's entry date or, if none does, of the one that
    ended last; null if the student has none."""
    is_asked = is_concurrent() & pl.col(ROW).is_not_null() & pl.col(COVERED_UNTIL).is_null()
    rows = among_students(with_covering(rows), is_asked)
    asked = rows.filter(is_asked).select(POSITION, STUDENT, value("EntryDate").alias("day")).drop_nulls()
    primary = rows.filter(is_primary() & ~row_is_bad()).select(
        STUDENT, value("EntryDate").alias("entry"), end().alias("end"), pl.col(POSITION).alias("there")
    )
    primary = primary.drop_nulls()
    later = _neighbour(asked, primary, on="entry", strategy="forward")
    earlier = _neighbour(asked, primary, on="end", strategy="backward")
    found = later.join(earlier, on=POSITION, how="full", coalesce=True, suffix=" before")
    return _with_found(rows, found.select(POSITION, pl.coalesce("there", "there before").alias(NEAREST)))


def nearest_in_words() -> dict[str, pl.Expr]:
    """Return the school of the enrollment at NEAREST and when it begins or ended; null where there is none."""
    there = pl.col(NEAREST)
    entry, exit_ = (at_position(f"{name}:value", there) for name in ("EntryDate", "ExitDate"))
    begins, ended = "begins " + entry.cast(pl.String), "ended " + exit_.cast(pl.String)
    days = pl.when(entry > value("EntryDate")).then(begins).otherwise(ended)
    return {"nearest_school": at_position("school.name", there), "nearest_days": days}


def _neighbour(
    asked: pl.DataFrame, primary: pl.DataFrame, *, on: str, strategy: Literal["forward", "backward"]
) -> pl.DataFrame:
    """Return the position of the primary enrollment of each row's student that is the next one by `on`."""
    found = asked.sort("day").join_asof(
        primary.sort(on), left_on="day", right_on=on, by=STUDENT, strategy=strategy, check_sortedness=False
    )
    return found.select(POSITION, "there").drop_nulls()


def with_outlasting(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with OUTLASTING: the position of a stored concurrent enrollment that goes on
    after the row, a primary one, ends; null if there is none.

    It must belong to that primary enrollment: its entry date is covered by the row or, if no row
    covers it now, by the stored enrollment that the row replaces. Of several the earliest is taken.
    """
    covered = with_covering(rows)
    is_open = is_concurrent() & pl.col(ROW).is_null()
    is_open &= pl.col(COVERED_UNTIL).is_null() | (end() > pl.col(COVERED_UNTIL))
    left_open = covered.filter(is_open).select(
        STUDENT, value("EntryDate").alias("day"), pl.col(POSITION).alias("open"), pl.col(COVERED_UNTIL).alias("end")
    )
    if left_open.is_empty():
        return _with_found(rows, pl.DataFrame(schema={POSITION: pl.UInt32, OUTLASTING: pl.UInt32}))
    ended_before = pl.when(before("EntryDate:value").is_not_null()).then(_end_of(before("ExitDate:value")))
    primary = covered.filter(is_primary() & ~row_is_bad() & pl.col(ROW).is_not_null()).select(
        POSITION, STUDENT, value("EntryDate").alias("entry"), end().alias("end"), ended_before.alias("ended before")
    )
    is_within = (pl.col("end") > pl.col("day")).fill_null(False)
    covered_now = _first_after(primary, left_open.filter(is_within), by=[STUDENT, "end"])
    covered_before = _first_after(primary, left_open.filter(~is_within).drop("end"), by=[STUDENT])
    covered_before = covered_before.filter(pl.col("day") <= pl.col("ended before"))
    found = pl.concat(
        [each.select(POSITION, pl.col("open").alias(OUTLASTING)) for each in (covered_now, covered_before)]
    )
    return _with_found(rows, found.drop_nulls().unique(POSITION, keep="first", maintain_order=True))


def _first_after(primary: pl.DataFrame, left_open: pl.DataFrame, *, by: Sequence[str]) -> pl.DataFrame:
    """Return the primary enrollments, each with the first of the others that begins on its entry date or later."""
    return primary.sort("entry").join_asof(
        left_open.sort("day"), left_on="entry", right_on="day", by=by, strategy="forward", coalesce=False,
        check_sortedness=False,
    )  # fmt: skip


def _with_found(rows: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with what was found for some of them, by their positions."""
    position, name = found.columns
    found = found.drop_nulls()
    nothing = pl.Series(name, [None], dtype=found[name].dtype).new_from_index(0, rows.height)
    return rows.with_columns(nothing.scatter(found[position], found[name]) if rows.height else nothing)


def _in_time() -> pl.Expr:
    """Return a number that orders rows by student and entry date, a concurrent enrollment after a primary one of the
    same day: faster to sort than these three."""
    day = _days(value("EntryDate")).fill_null(0)
    after_others = is_concurrent().fill_null(False).cast(pl.Int64)
    return ((pl.col(STUDENT).cast(pl.Int64) * _DAYS + day) * 2 + after_others).alias("in time")


def _days(day: pl.Expr) -> pl.Expr:
    """Return the day as a number that is never negative and less than _DAYS."""
    return day.to_physical().cast(pl.Int64) + _DAY_ZERO


def _follows() -> pl.Expr:
    """Return whether the row above is the same student's."""
    return (pl.col(STUDENT) == pl.col(STUDENT).shift(1)).fill_null(False).alias("follows")


def _marks(follows: str, days: str) -> pl.Expr:
    """Return the days as numbers whose highest so far begins anew wherever a row does not follow the one above."""
    return (~pl.col(follows)).cum_sum().cast(pl.Int64) * _DAYS + pl.col(days)
