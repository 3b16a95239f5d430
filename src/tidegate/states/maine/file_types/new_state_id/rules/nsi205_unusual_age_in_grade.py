"""NSI205: the student is much younger or older than others in the grade."""

import polars as pl

from tidegate.core.rules.rule import RowRule, Severity
from tidegate.states.maine.file_types.new_state_id.ages import born_within, is_outside, usual_in_grade


class UnusualAgeInGrade(RowRule):
    """The student is much younger or older than others in the grade.

    What it checks: On October 15 of the school year the student is about as old as most students of
    the grade. The row is loaded anyway.

    How to fix it: Compare DateOfBirth and GradeLevel with your student information system. If they
    are right, leave them.
    """

    code = "NSI205"
    message = (
        'DateOfBirth "{DateOfBirth}" is unusual for GradeLevel "{GradeLevel}", most of whose '
        "students were born between {first} and {last}"
    )
    may_be_relaxed = True
    severity = Severity.WARNING
    columns = ("DateOfBirth", "GradeLevel")
    suppressed_by = ("NSI202", "NSI203", "NSI204")
    good = ({"DateOfBirth": "5/17/2004"}, {"DateOfBirth": "2001-01-01", "GradeLevel": "12"})
    bad = ({"DateOfBirth": "2000-01-01"}, {"DateOfBirth": "2008-01-01"})

    def broken(self) -> pl.Expr:
        """True where the age lies outside the limits of the layout."""
        return is_outside(usual_in_grade())

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the first and the last day of birth within these limits."""
        return born_within(usual_in_grade())
