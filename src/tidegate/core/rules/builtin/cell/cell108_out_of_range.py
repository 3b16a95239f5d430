"""CELL108: a number is too small or too large."""

from math import ceil, floor

import polars as pl

from tidegate.core.layouts.column_types import Number
from tidegate.core.rules.expressions import value
from tidegate.core.rules.rule import ColumnRule


class OutOfRange(ColumnRule):
    """A number is too small or too large.

    What it checks: The number lies between the limits that the layout sets.

    How to fix it: Check the number and correct it.
    """

    code = "CELL108"
    message = '{column} "{value}" is not {form}'
    cause_by = ("column",)
    cause = "{column} is out of range; it has to be {form}"
    of_type = Number

    @property
    def example_value(self) -> str:
        """A number a fifth above the maximum; one below the minimum where no number is large enough."""
        assert isinstance(self.type, Number)  # applies_to has seen to it
        above = max(ceil(self.type.maximum * 1.2), floor(self.type.maximum) + 1)
        return str(above if above < Number.TOO_LARGE else ceil(self.type.minimum) - 1)

    def broken(self) -> pl.Expr:
        """True where a number is too small or too large."""
        assert isinstance(self.type, Number)  # applies_to has seen to it
        return (value(self.column) < self.type.minimum) | (value(self.column) > self.type.maximum)
