"""NSI501: a student with this name and birth date exists."""

import polars as pl

from tidegate.core.rules.expressions import stored
from tidegate.core.rules.rule import RowRule, WhoCanAct


class KnownStudent(RowRule):
    """A student with this name and birth date exists.

    What it checks: No student of the state has the same LastName, FirstName and DateOfBirth. Case,
    spaces, punctuation and accents do not matter, and letters such as Đ and ß count as their plain
    spelling, D and ss. This file does not say who the student is.

    How to fix it: Nothing to do: the number will appear in the answer file.
    """

    code = "NSI501"
    message = "Held for the state, because a student with this name and birth date exists"
    who_can_act = WhoCanAct.STATE
    columns = ("LastName", "FirstName", "DateOfBirth")
    good = ({}, {"person.known_count": 1, "person.answer": "100000001"})
    bad = ({"person.known_count": 1}, {"person.known_count": 2})

    def broken(self) -> pl.Expr:
        """True where somebody is known and this request has no answer yet."""
        return (stored("person.known_count") > 0) & stored("person.answer").is_null()
