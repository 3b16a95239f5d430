"""CELL105: a value is not a number of the right form."""

import polars as pl

from tidegate.core.layouts.column_types import Number
from tidegate.core.rules.expressions import present, value
from tidegate.core.rules.rule import ColumnRule


class NotANumber(ColumnRule):
    """A value is not a number of the right form.

    What it checks: The value is a decimal number with a point, no more decimal places than the layout allows, and
    no other signs.

    How to fix it: Write the number like 1.50, without a unit, a percent sign or a comma.
    """

    code = "CELL105"
    message = '{column} "{value}" is not {form}'
    cause_by = ("column",)
    of_type = Number
    example_value = "1,5"
    of_odd_cells = True

    def broken(self) -> pl.Expr:
        """True where a number is not a number of the right form."""
        return present(self.column) & value(self.column).is_null()
