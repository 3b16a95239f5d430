"""CELL106: a code is not on the list."""

from itertools import count

import polars as pl

from tidegate.core.layouts.column_types import Choice
from tidegate.core.rules.expressions import present, value
from tidegate.core.rules.rule import ColumnRule


class NotAChoice(ColumnRule):
    """A code is not on the list.

    What it checks: The value is one of the codes that the requirements document lists for the
    column.

    How to fix it: Look up the code in the requirements document and correct it.
    """

    code = "CELL106"
    message = '{column} "{value}" is not on the list: {codes}'
    cause_by = ("column", "value")
    of_type = Choice
    of_odd_cells = True

    @property
    def example_value(self) -> str:
        """The first number from 99 on that is no code, with or without zeros in front."""
        assert isinstance(self.type, Choice)  # applies_to has seen to it
        codes = {code.lstrip("0") for code in (*self.type.choices, *self.type.synonyms)}
        return next(number for number in map(str, count(99)) if number not in codes)

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the words of the message, with the codes that there are."""
        assert isinstance(self.type, Choice)  # applies_to has seen to it
        return {**super().message_values(), "codes": pl.lit(", ".join(self.type.choices))}

    def broken(self) -> pl.Expr:
        """True where a code is not one of those allowed."""
        return present(self.column) & value(self.column).is_null()
