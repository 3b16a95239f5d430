"""CELL104: a value is not a date."""

import polars as pl

from tidegate.core.layouts.column_types import Day
from tidegate.core.layouts.layout import Column
from tidegate.core.rules.column_rule import ColumnRule
from tidegate.core.rules.columns import present, value


class NotADate(ColumnRule):
    """A value is not a date.

    What it checks: The date is written as YYYY-MM-DD or M/D/YYYY and exists in the calendar.

    How to fix it: Write the date like 2020-09-01 or 9/1/2020. In Excel, format the column as a date with a year of
    four digits before you save, and make it wide enough: where it is too narrow, ######## is saved.
    """

    code = "CELL104"
    message = '{column} "{value}" is not {form}'
    example_value = "13/45/2020"
    of_odd_cells = True

    @classmethod
    def applies_to(cls, column: Column) -> bool:
        """Whether the layout asks this of the column."""
        return isinstance(column.of, Day)

    def broken(self) -> pl.Expr:
        """True where a date is not a date."""
        return present(self.column) & value(self.column).is_null()
