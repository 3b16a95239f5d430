"""ENR302: a row is in the file twice."""

import polars as pl

from tidegate.core.rules.expressions import ROW
from tidegate.core.rules.rule import FileRule, Severity
from tidegate.states.maine.file_types.student_enrollment.periods import KEY, among_equals, is_repeated


class EnrollmentRepeated(FileRule):
    """A row is in the file twice.

    What it checks: Every enrollment is in the file once. A row that is exactly like an earlier one
    changes nothing and does no harm. A row with an error is not loaded and does not count.

    How to fix it: To avoid this notice, delete the row.
    """

    code = "ENR302"
    message = "The row repeats row {first_row}"
    cause = "Rows repeat earlier ones"
    may_be_relaxed = True
    severity = Severity.NOTICE
    needs = KEY
    reads_text = False
    partition_by = KEY
    columns = ("StateStudentID", "SchoolID", "EnrollmentType", "EntryDate")
    suppressed_by = ("ENR301",)
    good = (
        {"rows": [{"EntryDate": "2020-09-08"}, {}]},
        {"rows": [{"row_is_bad": True}, {}]},
        {"rows": [{}, {"row_is_bad": True}]},
    )
    bad = ({"rows": [{}, {}]}, {"rows": [{"row_is_bad": True}, {}, {}]})

    def prefilter(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the good rows whose enrollment stands in the file more than once."""
        return among_equals(rows, only_good=True)

    def broken(self) -> pl.Expr:
        """True where an earlier one of the good rows speaks of the same enrollment."""
        return is_repeated()

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the number of the row that is repeated."""
        return {"first_row": pl.col(ROW).min().over(KEY)}
