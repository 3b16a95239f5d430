"""ENR301: rows for the same enrollment differ."""

import polars as pl

from tidegate.core.rules.differences import differing, fingerprints, two_rows
from tidegate.core.rules.expressions import ROW
from tidegate.core.rules.rule import FileRule
from tidegate.states.maine.file_types.student_enrollment.periods import (
    CONTENT,
    KEY,
    among_equals,
    content,
    has_key,
)

_OF_COLUMN = "ENR301.of"


class SameEnrollmentTwice(FileRule):
    """Rows for the same enrollment differ.

    What it checks: Student, school, enrollment type and entry date identify an enrollment; the file
    has one row for it. A cell that cannot be read counts as the text in it: it is not blank.

    How to fix it: Keep one and delete the other.
    """

    code = "ENR301"
    message = "Rows {first_row} and {other_row} are the same enrollment with different {differing}"
    cause = "Rows are the same enrollment and differ"
    needs = KEY
    reads_text = False
    partition_by = KEY
    columns = ("StateStudentID", "SchoolID", "EnrollmentType", "EntryDate")
    good = ({"rows": [{"EntryDate": "2020-09-08"}, {}]}, {"rows": [{"EntryDate": "9/1/2020"}, {}]})
    bad = ({"rows": [{"GradeLevel": "12"}, {}]},)

    def prefilter(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows whose enrollment is in the file more than once."""
        return among_equals(rows)

    def broken(self) -> pl.Expr:
        """True where rows of one enrollment are not all alike."""
        said, equals = pl.col("ENR301.content"), [*KEY, pl.col(ROW).is_null()]
        return pl.col(ROW).is_not_null() & has_key() & (said.min().over(equals) != said.max().over(equals))

    def derived_columns(self) -> dict[str, pl.Expr]:
        """Return what the row says, as a whole and by column."""
        return {"ENR301.content": content(), **fingerprints(CONTENT, _OF_COLUMN)}

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the numbers of two of these rows, and the columns in which they differ."""
        return {**two_rows(ROW, KEY), "differing": differing(CONTENT, _OF_COLUMN, equals=[*KEY, pl.col(ROW).is_null()])}
