"""OUT502: placement is not asked this school year."""

from datetime import date

import polars as pl

from tidegate.core.rules.expressions import context, present, stored
from tidegate.core.rules.rule import RowRule


class PlacementNotAskedNow(RowRule):
    """Placement is not asked this school year.

    What it checks: Placement is where the student is in the second quarter after leaving school: for
    who left in May or June it is October to December of the next school year. A student whose last
    primary enrollment has not ended has not left. In another school year the placement would be
    counted nowhere.

    How to fix it: If the student has left, complete the Student Enrollment upload with the exit. Send
    the placement in the school year in which the quarter lies, or leave Placement blank.
    """

    code = "OUT502"
    message = 'Placement "{Placement}" is not asked this school year: {why}'
    cause = "Placement is not asked this school year"
    may_be_relaxed = True
    columns = ("Placement", "StateStudentID")
    suppressed_by = ("OUT501",)
    good = (
        {"Placement": "", "primary.exit_date": None},
        {"Placement": "POSTSEC", "primary.entry_date": None, "primary.exit_date": None},
        {"Placement": "POSTSEC", "primary.exit_date": date(2020, 6, 12)},
    )
    bad = (
        {"Placement": "POSTSEC", "primary.exit_date": None},
        {"Placement": "POSTSEC", "primary.exit_date": date(2021, 6, 11)},
        {"Placement": "POSTSEC", "primary.exit_date": date(2019, 6, 12)},
    )

    def broken(self) -> pl.Expr:
        """True where the student is enrolled, or the quarter lies before or after the school year."""
        is_enrolled = stored("primary.entry_date").is_not_null() & stored("primary.exit_date").is_null()
        is_outside = (_first_day() > context("last_day")) | (_first_day() < context("first_day"))
        return present("Placement") & (is_enrolled | is_outside.fill_null(value=False))

    def message_values(self) -> dict[str, pl.Expr]:
        """Return whether the student has not left, or the days of the quarter and their school year."""
        first = _first_day()
        last = first.dt.offset_by("1q") - pl.duration(days=1)
        is_of_year_before = first.dt.strftime("%m%d") < context("first_day").dt.strftime("%m%d")
        year = first.dt.year() - is_of_year_before.cast(pl.Int32)
        school_year = year.cast(pl.String) + "-" + (year + 1).cast(pl.String)
        days = "it is asked from " + first.cast(pl.String) + " to " + last.cast(pl.String) + ", in " + school_year
        return {"why": pl.coalesce(days, pl.lit("the student is still enrolled"))}


def _first_day() -> pl.Expr:
    """Return the first day of the second quarter after the exit."""
    return stored("primary.exit_date").cast(pl.Date).dt.truncate("1q").dt.offset_by("2q")
