"""CELL102: a value is too long."""

import polars as pl

from tidegate.core.layouts.column_types import Text
from tidegate.core.rules.expressions import value
from tidegate.core.rules.rule import ColumnRule


class TooLong(ColumnRule):
    """A value is too long.

    What it checks: The text is no longer than the layout allows.

    How to fix it: Shorten the value.
    """

    code = "CELL102"
    message = '{column} "{value}" is longer than {limit} characters'
    cause_by = ("column", "value")
    of_type = Text

    def broken(self) -> pl.Expr:
        """True where a value is too long."""
        return value(self.column).str.len_chars() > self._limit

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the words of the message, with the most characters allowed."""
        return {**super().message_values(), "limit": pl.lit(str(self._limit))}

    @property
    def example_value(self) -> str:
        """A text of one character more than the layout allows."""
        return "X" * (self._limit + 1)

    @property
    def _limit(self) -> int:
        assert isinstance(self.type, Text)  # applies_to has seen to it
        return self.type.max_length
