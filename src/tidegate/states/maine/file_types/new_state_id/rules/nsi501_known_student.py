"""NSI501: a student of the same names and birth date is known."""

import polars as pl

from tidegate.core.rules.expressions import stored
from tidegate.core.rules.rule import RowRule, WhoCanAct


class KnownStudent(RowRule):
    """A student of the same names and birth date is known.

    What it checks: No student of the state has the same LastName, FirstName and DateOfBirth. Case, spaces, punctuation
    and accents do not matter, and letters such as Đ and ß count as their plain spelling, D and ss. Who the student is
    and where, this file does not tell.

    How to fix it: Check the three values. If they are right, wait: the state data team decides whether it is the same
    student. Then send the file again, and the row gets its number.
    """

    code = "NSI501"
    message = "Held for the state data team, because a student with this LastName, FirstName and DateOfBirth is known"
    who_can_act = WhoCanAct.STATE
    columns = ("LastName", "FirstName", "DateOfBirth")
    good = ({}, {"person.known_count": 1, "person.answer": "100000001"})
    bad = ({"person.known_count": 1}, {"person.known_count": 2})

    def broken(self) -> pl.Expr:
        """True where somebody is known and this request has no answer yet."""
        return (stored("person.known_count") > 0) & stored("person.answer").is_null()
