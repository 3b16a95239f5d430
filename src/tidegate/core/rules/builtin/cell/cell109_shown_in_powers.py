"""CELL109: a long number is shown in powers of ten."""

import polars as pl

from tidegate.core.layouts.column_types import Digits, Text
from tidegate.core.layouts.layout import Column
from tidegate.core.parsing.parse import SHOWN_IN_POWERS
from tidegate.core.rules.expressions import text, value
from tidegate.core.rules.rule import ColumnRule


class ShownInPowers(ColumnRule):
    """A long number is shown in powers of ten.

    What it checks: A spreadsheet shows a number that is too long for its cell as 1.23E+08 and saves
    it that way. Its digits are lost, and nobody can tell which number it was.

    How to fix it: Export the file again from your student information system. Before you work on it
    in Excel, import it with Data > From Text/CSV and set this column to Text.
    """

    code = "CELL109"
    message = '{column} "{value}" is a long number that a spreadsheet shortened; its digits are lost'
    cause_by = ("column",)
    example_value = "1.23E+08"
    of_clean_cells = False

    @classmethod
    def applies_to(cls, column: Column) -> bool:
        """Whether the layout asks this of the column."""
        return isinstance(column.type, Digits) or (isinstance(column.type, Text) and not column.type.is_free)

    def broken(self) -> pl.Expr:
        """True where a number is shown in powers of ten."""
        shown = text(self.column).str.contains(SHOWN_IN_POWERS)
        return shown & value(self.column).is_null() if isinstance(self.type, Digits) else shown
