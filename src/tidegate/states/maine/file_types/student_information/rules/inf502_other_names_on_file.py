"""INF502: names or birth date are not those on file for the number."""

import polars as pl

from tidegate.core.rules.expressions import stored
from tidegate.core.rules.rule import RowRule, Severity


class OtherNamesOnFile(RowRule):
    """Names or birth date are not those on file for the number.

    What it checks: The student who has the state student number has this LastName, FirstName and
    DateOfBirth. Case, spaces, punctuation and accents do not matter. The row is loaded anyway, and
    the state's names stay. The file does not say who has the number.

    How to fix it: If the number is another student's, correct it. If the name has changed, ask the
    state data team to correct it on file; until then leave the row as it is.
    """

    code = "INF502"
    message = 'LastName, FirstName or DateOfBirth are not those on file for State Student Number "{StateStudentID}"'
    cause = "Names or birth dates are not those on file for the State Student Number"
    may_be_relaxed = True
    severity = Severity.WARNING
    columns = ("StateStudentID", "LastName", "FirstName", "DateOfBirth")
    suppressed_by = ("INF201",)
    good = ({"same.is_named": True}, {"same.is_named": None})
    bad = ({"same.is_named": False},)

    def broken(self) -> pl.Expr:
        """True where the number is somebody's of another name or birth date."""
        return stored("same.is_named") == pl.lit(False)
