"""CELL101: a value is missing."""

import polars as pl

from tidegate.core.layouts.layout import Column
from tidegate.core.rules.expressions import text
from tidegate.core.rules.rule import ColumnRule


class Blank(ColumnRule):
    """A value is missing.

    What it checks: A column that is required has a value in every row.

    How to fix it: Fill in the cell. If it is blank in your student information system too, enter it
    there first.
    """

    code = "CELL101"
    message = "{column} is blank"
    cause_by = ("column",)
    example_value = ""

    @classmethod
    def applies_to(cls, column: Column) -> bool:
        """Whether the layout asks this of the column."""
        return column.required

    def broken(self) -> pl.Expr:
        """True where a value is missing."""
        return text(self.column) == ""
