"""CELL103: a number is not made of the right digits."""

import polars as pl

from tidegate.core.layouts.column_types import Digits
from tidegate.core.parsing.parse import SHOWN_IN_POWERS
from tidegate.core.rules.expressions import present, text, value
from tidegate.core.rules.rule import ColumnRule


class NotDigits(ColumnRule):
    """A number is not made of the right digits.

    What it checks: The value has only digits, and as many as the layout says. A spreadsheet may have taken zeros
    off the front.

    How to fix it: Compare the value with your student information system. When you open the file in Excel, import
    it with Data > From Text/CSV and set this column to Text, so that zeros stay.
    """

    code = "CELL103"
    message = '{column} "{value}" is not {form}'
    cause_by = ("column", "value")
    of_type = Digits
    example_value = "12A"
    of_odd_cells = True

    def broken(self) -> pl.Expr:
        """True where a number is not made of the right digits."""
        is_shown_in_powers = text(self.column).str.contains(SHOWN_IN_POWERS)  # CELL109 speaks of these
        return present(self.column) & value(self.column).is_null() & ~is_shown_in_powers
