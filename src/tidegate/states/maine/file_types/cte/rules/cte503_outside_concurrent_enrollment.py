"""CTE503: the program begins outside the concurrent enrollment."""

from datetime import date

import polars as pl

from tidegate.core.rules.expressions import stored, value
from tidegate.core.rules.rule import RowRule


class OutsideConcurrentEnrollment(RowRule):
    """The program begins outside the concurrent enrollment.

    What it checks: StartDate lies within the student's concurrent enrollment at the CTE school.

    How to fix it: Correct StartDate, or the dates of the concurrent enrollment with a Student Enrollment upload.
    """

    code = "CTE503"
    message = 'StartDate "{StartDate}" is not within the concurrent enrollment at "{school.name}", {period}'
    cause = "StartDate is not within the concurrent enrollment"
    may_be_relaxed = True
    columns = ("StartDate", "SchoolID", "StateStudentID")
    good = ({"concurrent.entry_date": date(2020, 9, 1), "StartDate": "2020-09-01"},)
    bad = ({"concurrent.entry_date": date(2020, 9, 8), "StartDate": "2020-09-01"},)

    def broken(self) -> pl.Expr:
        """True where the day lies before the entry or after the exit."""
        day, entry, exit_ = value("StartDate"), stored("concurrent.entry_date"), stored("concurrent.exit_date")
        return (day < entry) | (day > exit_).fill_null(False)

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the enrollment's first and last day in words."""
        entry, exit_ = (stored(f"concurrent.{name}").cast(pl.String) for name in ("entry_date", "exit_date"))
        to = (
            pl.when(exit_.is_null()).then(pl.format("from {} on", entry)).otherwise(pl.format("{} to {}", entry, exit_))
        )
        return {"period": to}
