"""CELL103: a number is not made of the right digits."""

import polars as pl

from tidegate.core.layouts.column_types import Digits
from tidegate.core.parsing.parse import SHOWN_IN_POWERS
from tidegate.core.rules.expressions import present, text, value
from tidegate.core.rules.rule import ColumnRule


class NotDigits(ColumnRule):
    """A number is not made of the right digits.

    What it checks: The value has only digits, and as many as the layout says. A spreadsheet may
    have dropped zeros at the front.

    How to fix it: Compare the value with your student information system. When you open the file in
    Excel, import it with Data > From Text/CSV and set this column to Text, so that zeros stay.
    """

    code = "CELL103"
    message = '{column} "{value}" {why}'
    cause = '{column} "{value}" is not {form}'
    message_without_value = "{column} is not {form}"
    cause_by = ("column", "value")
    of_type = Digits
    example_value = "12A"
    of_odd_cells = True

    def broken(self) -> pl.Expr:
        """True where a number is not made of the right digits."""
        is_shown_in_powers = text(self.column).str.contains(SHOWN_IN_POWERS)  # CELL109 speaks of these
        return present(self.column) & value(self.column).is_null() & ~is_shown_in_powers

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the words of the message, with why the value cannot be right."""
        assert isinstance(self.type, Digits)  # applies_to has seen to it
        fewest, most = self.type.lengths
        needed = f"{most}" if fewest == most else f"{fewest} to {most}"
        count = pl.col(self.column).str.len_chars()
        digits = pl.when(count == 1).then(pl.lit("digit")).otherwise(pl.lit("digits"))
        is_all_digits = pl.col(self.column).str.contains("^[0-9]+$")
        of_length = "has " + count.cast(pl.String) + " " + digits + f"; it must have {needed}"
        other = pl.lit(f"has other characters than digits; it must have {needed} digits")
        return {**super().message_values(), "why": pl.when(is_all_digits).then(of_length).otherwise(other)}
