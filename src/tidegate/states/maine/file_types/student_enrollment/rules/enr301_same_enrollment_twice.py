"""ENR301: two rows speak of the same enrollment and differ."""

import polars as pl

from tidegate.core.rules.expressions import ROW
from tidegate.core.rules.rule import FileRule
from tidegate.states.maine.file_types.student_enrollment.periods import KEY, among_equals, content, has_key


class SameEnrollmentTwice(FileRule):
    """Two rows speak of the same enrollment and differ.

    What it checks: Student, school, enrollment type and entry date name an enrollment; the file has one row for it. A
    cell that cannot be read counts as what stands in it: it is not blank.

    How to fix it: Keep the row that is right and delete the others.
    """

    code = "ENR301"
    message = "Row {other_row} has the same student, school, EnrollmentType and EntryDate as this row, and other values"
    cause = "Rows have the same student, school, EnrollmentType and EntryDate, and other values"
    needs = KEY
    partition_by = KEY
    columns = ("StateStudentID", "SchoolID", "EnrollmentType", "EntryDate")
    good = ({"rows": [{"EntryDate": "2020-09-08"}, {}]}, {"rows": [{"EntryDate": "9/1/2020"}, {}]})
    bad = ({"rows": [{"GradeLevel": "12"}, {}]},)

    def prefilter(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows whose enrollment stands in the file more than once."""
        return among_equals(rows)

    def broken(self) -> pl.Expr:
        """True where rows of one enrollment are not all alike."""
        said, equals = pl.col("ENR301.content"), [*KEY, pl.col(ROW).is_null()]
        return pl.col(ROW).is_not_null() & has_key() & (said.min().over(equals) != said.max().over(equals))

    def derived_columns(self) -> dict[str, pl.Expr]:
        """Return what the row says."""
        return {"ENR301.content": content()}

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the number of another of these rows."""
        first, last = pl.col(ROW).min().over(KEY), pl.col(ROW).max().over(KEY)
        return {"other_row": pl.when(pl.col(ROW) == first).then(last).otherwise(first)}
