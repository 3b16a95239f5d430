"""CELL106: a code is not one of those allowed."""

import polars as pl

from tidegate.core.layouts.column_types import Choice
from tidegate.core.layouts.layout import Column
from tidegate.core.rules.expressions import present, value
from tidegate.core.rules.rule import ColumnRule


class NotAChoice(ColumnRule):
    """A code is not one of those allowed.

    What it checks: The value is one of the codes that the requirements document lists for the column.

    How to fix it: Look the code up in the requirements document and correct it.
    """

    code = "CELL106"
    message = '{column} "{value}" is not {form}'
    example_value = "99"
    of_odd_cells = True

    @classmethod
    def applies_to(cls, column: Column) -> bool:
        """Whether the layout asks this of the column."""
        return isinstance(column.type, Choice)

    def broken(self) -> pl.Expr:
        """True where a code is not one of those allowed."""
        return present(self.column) & value(self.column).is_null()
