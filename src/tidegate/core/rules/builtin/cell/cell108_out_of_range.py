"""CELL108: a number is too small or too large."""

from math import ceil, floor

import polars as pl

from tidegate.core.layouts.column_types import Number
from tidegate.core.rules.expressions import value
from tidegate.core.rules.rule import ColumnRule


class OutOfRange(ColumnRule):
    """A number is too small or too large.

    What it checks: The number is between the limits that the layout sets.

    How to fix it: Check the number and correct it.
    """

    code = "CELL108"
    message = '{column} "{value}" is {why}; it must be from {minimum} to {maximum}'
    cause_by = ("column", "why")
    cause = "{column} is {why}; it must be from {minimum} to {maximum}"
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
        # limits of the column's type: to compare with floats, each number would be made one. It holds no larger ones.
        largest = Number.TOO_LARGE - 0.0001
        limits = (max(self.type.minimum, -largest), min(self.type.maximum, largest))
        least, most = (pl.lit(limit, self.type.polars_type) for limit in limits)
        return ~value(self.column).is_between(least, most)

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the words of the message, with the limits."""
        assert isinstance(self.type, Number)  # applies_to has seen to it
        limits = {"minimum": pl.lit(f"{self.type.minimum:g}"), "maximum": pl.lit(f"{self.type.maximum:g}")}
        is_small = value(self.column) < self.type.minimum
        why = pl.when(is_small).then(pl.lit("too small")).otherwise(pl.lit("too large"))
        return {**super().message_values(), **limits, "why": why}
