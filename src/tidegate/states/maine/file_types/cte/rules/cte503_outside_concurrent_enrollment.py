"""CTE503: the program starts outside the concurrent enrollment."""

from datetime import date

import polars as pl

from tidegate.core.rules.expressions import stored, value
from tidegate.core.rules.rule import RowRule


class OutsideConcurrentEnrollment(RowRule):
    """The program starts outside the concurrent enrollment.

    What it checks: StartDate is within the student's concurrent enrollment at the CTE school.

    How to fix it: Correct StartDate, or correct the dates of the concurrent enrollment with a
    Student Enrollment upload.
    """

    code = "CTE503"
    message = "StartDate {StartDate} is {days} {before_or_after} the enrollment at {school.name} {begins_or_ended}"
    cause = "StartDate is not within the concurrent enrollment"
    meant = "entry"
    may_be_relaxed = True
    columns = ("StartDate", "SchoolID", "StateStudentID")
    good = ({"concurrent.entry_date": date(2020, 9, 1), "StartDate": "2020-09-01"},)
    bad = ({"concurrent.entry_date": date(2020, 9, 8), "StartDate": "2020-09-01"},)

    def broken(self) -> pl.Expr:
        """True where the day lies before the entry or after the exit."""
        day, entry, exit_ = value("StartDate"), stored("concurrent.entry_date"), stored("concurrent.exit_date")
        return (day < entry) | (day > exit_).fill_null(False)

    def message_values(self) -> dict[str, pl.Expr]:
        """Return how far the day is from the enrollment, in words."""
        day, entry, exit_ = value("StartDate"), stored("concurrent.entry_date"), stored("concurrent.exit_date")
        is_before = day < entry
        count = pl.when(is_before).then(entry - day).otherwise(day - exit_).dt.total_days()
        days = pl.when(count == 1).then(pl.lit("1 day")).otherwise(count.cast(pl.String) + " days")
        begins, ended = "begins (" + entry.cast(pl.String) + ")", "ended (" + exit_.cast(pl.String) + ")"
        return {
            "days": days,
            "before_or_after": pl.when(is_before).then(pl.lit("before")).otherwise(pl.lit("after")),
            "begins_or_ended": pl.when(is_before).then(begins).otherwise(ended),
            "entry": pl.when(is_before).then(entry),
        }
