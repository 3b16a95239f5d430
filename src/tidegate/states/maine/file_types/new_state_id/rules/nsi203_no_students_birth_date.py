"""NSI203: the birth date is not that of a student."""

import polars as pl

from tidegate.core.rules.rule import RowRule
from tidegate.states.maine.file_types.new_state_id.ages import any_grade, born_within, is_outside


class NoStudentsBirthDate(RowRule):
    """The birth date is not that of a student.

    What it checks: On October 15 of the school year the student is neither younger than the
    youngest students nor older than the oldest ones, whatever the grade. The requirements have the
    limits.

    How to fix it: Correct DateOfBirth. A spreadsheet writes an empty date as 1900 or 1904, and a year
    of two digits as one of another century; a program may write the day on which the file was made.
    """

    code = "NSI203"
    message = (
        'DateOfBirth "{DateOfBirth}" is not between {first} and {last}, when this school year\'s students were born'
    )
    columns = ("DateOfBirth",)
    suppressed_by = ("NSI202",)
    good = ({"DateOfBirth": "5/17/2004"}, {"DateOfBirth": "2018-10-15", "GradeLevel": "PK"})
    bad = (
        {"DateOfBirth": "0004-05-17"},
        {"DateOfBirth": "1/1/1900"},
        {"DateOfBirth": "1904-01-01"},
        {"DateOfBirth": "2021-06-30"},
    )

    def broken(self) -> pl.Expr:
        """True where the age lies outside the limits of the layout."""
        return is_outside(any_grade())

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the first and the last day of birth within these limits."""
        return born_within(any_grade())
