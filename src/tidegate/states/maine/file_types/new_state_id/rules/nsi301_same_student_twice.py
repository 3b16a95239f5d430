"""NSI301: an earlier row asks for a number for a student of the same names and birth date."""

import polars as pl

from tidegate.core.rules.expressions import ROW, row_is_bad, stored
from tidegate.core.rules.rule import FileRule, WhoCanAct


def first_row() -> pl.Expr:
    """Return the number of the first row without an error that asks for this student; its number is created."""
    return pl.col(ROW).filter(~row_is_bad()).min().over(stored("person.person_key"))


class SameStudentTwice(FileRule):
    """An earlier row asks for a number for a student of the same names and birth date.

    What it checks: Rows of one file with the same LastName, FirstName and DateOfBirth ask for the
    same student: then everything else that identifies a request is the same too. Case, spaces,
    punctuation and accents do not matter, and letters such as Đ and ß count as their plain
    spelling, D and ss.

    How to fix it: Nothing to do: the number will appear in the answer file.
    """

    code = "NSI301"
    message = "Held for the state, because a student with this name and birth date exists"
    known = ("Row {first} asks for a number for the same name and birth date",)
    who_can_act = WhoCanAct.STATE
    reads_text = False
    columns = ("LastName", "FirstName", "DateOfBirth")
    suppressed_by = ("NSI501",)
    partition_by = ("person.person_key",)
    good = ({"rows": [{}, {}]}, {"rows": [{"row_is_bad": True, "person.request_key": "other"}, {}]})
    bad = ({"rows": [{"person.request_key": "other"}, {}]},)

    def broken(self) -> pl.Expr:
        """True where the row differs from the first one of its student and nothing was decided before."""
        first_request = stored("person.request_key").sort_by(ROW).filter(~row_is_bad().sort_by(ROW)).first()
        differs = stored("person.request_key") != first_request.over("person.person_key")
        is_new = stored("person.answer").is_null() & stored("person.person_key").is_not_null()
        return is_new & (pl.col(ROW) > first_row()) & differs

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the number of the first of these rows."""
        return {"first": first_row()}
