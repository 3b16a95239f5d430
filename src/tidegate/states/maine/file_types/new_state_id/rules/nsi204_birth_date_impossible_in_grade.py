"""NSI204: nobody of this age is in the grade."""

import polars as pl

from tidegate.core.rules.rule import RowRule
from tidegate.states.maine.file_types.new_state_id.ages import born_within, is_outside, possible_in_grade


class BirthDateImpossibleInGrade(RowRule):
    """Nobody of this age is in the grade.

    What it checks: On October 15 of the school year the student is neither younger nor older than a
    student of the grade can be, even one who has skipped or repeated some grades. The requirements
    have the limits.

    How to fix it: Correct DateOfBirth or GradeLevel. A spreadsheet writes an empty date as 1900 or
    1904, and a year of two digits as one of another century; a program may write the day on which
    the file was made.
    """

    code = "NSI204"
    message = (
        'DateOfBirth "{DateOfBirth}" does not fit GradeLevel "{GradeLevel}", whose students '
        "were born between {first} and {last}"
    )
    may_be_relaxed = True
    columns = ("DateOfBirth", "GradeLevel")
    suppressed_by = ("NSI202", "NSI203")
    good = ({"DateOfBirth": "5/17/2004"}, {"DateOfBirth": "2008-10-15"})
    bad = ({"DateOfBirth": "2008-10-16"}, {"DateOfBirth": "2004-05-17", "GradeLevel": "KG"})

    def broken(self) -> pl.Expr:
        """True where the age lies outside the limits of the layout."""
        return is_outside(possible_in_grade())

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the first and the last day of birth within these limits."""
        return born_within(possible_in_grade())
