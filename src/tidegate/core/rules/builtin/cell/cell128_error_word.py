"""CELL128: a cell has an error word of a spreadsheet."""

import polars as pl

from tidegate.core.layouts.column_types import Code, Text
from tidegate.core.layouts.layout import Column
from tidegate.core.rules.expressions import is_error_word, text
from tidegate.core.rules.rule import ColumnRule


class ErrorWord(ColumnRule):
    """A cell has an error word of a spreadsheet.

    What it checks: The whole cell is not #REF!, #VALUE!, #NAME?, #N/A, Err:502, (error), NaN or
    another such word. Spreadsheets and other programs write these if a formula fails or a value
    cannot be found.

    How to fix it: Look the value up in your student information system and type it in, or leave the
    cell blank if it may be. In Excel, Find & Select > Go To Special > Formulas > Errors shows all
    such cells.
    """

    code = "CELL128"
    message = '{column} "{value}" is an error word of a spreadsheet or another program, not a value'
    cause_by = ("column", "value")
    message_without_value = "{column} has an error word of a spreadsheet or another program, not a value"
    example_value = "#REF!"
    comes_first = True

    def __init__(self, column: Column) -> None:
        super().__init__(column)
        self._holds_names = column.holds_names
        has_any_text = isinstance(column.type, Text | Code)
        self.of_odd_cells = not has_any_text  # type: ignore[misc]  # per column, not per class

    def broken(self) -> pl.Expr:
        """True where a cell has such a word."""
        return is_error_word(text(self.column), holds_names=self._holds_names)
