"""CELL104: a value is not a date."""

import polars as pl

from tidegate.core.layouts.column_types import Day
from tidegate.core.rules.expressions import present, text, value
from tidegate.core.rules.rule import ColumnRule

_DAY_AND_MONTH = (
    r"(?:[0-9]{1,2}[-/.][0-9]{1,2}[-/.]|[0-9]{1,2}[-/ ]?[A-Za-z]{3,9}[-/ ]?|[A-Za-z]{3,9}\.? [0-9]{1,2}, ?)"
)
_HAS_SHORT_YEAR = rf"^(?:[A-Za-z]+, )?{_DAY_AND_MONTH}[0-9]{{2}}(?:[ T:].*)?$"


class NotADate(ColumnRule):
    """A value is not a date.

    What it checks: The date is written as YYYY-MM-DD or M/D/YYYY and exists in the calendar. Other forms that can mean
    one day alone are read, too, such as 2020/9/1 or 01SEP2020; two digits of the year are read where the date must be
    in the school year.

    How to fix it: Write the date like 2020-09-01 or 9/1/2020. In Excel, format the column as a date with a year of
    four digits before you save, and make it wide enough: where it is too narrow, ######## is saved.
    """

    code = "CELL104"
    message = '{column} "{value}" is not {form}'
    cause_by = ("column",)
    of_type = Day
    example_value = "13/45/2020"
    of_odd_cells = True

    def broken(self) -> pl.Expr:
        """True where a date is not a date."""
        return present(self.column) & value(self.column).is_null()

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the words of the message. Where the school year does not tell the century, a short year is named."""
        message_values = super().message_values()
        assert isinstance(self.type, Day)  # applies_to has seen to it
        if not self.type.within_school_year:
            whole_year = pl.lit("a date with all four digits of the year")
            has_short_year = text(self.column).str.contains(_HAS_SHORT_YEAR)
            message_values["form"] = pl.when(has_short_year).then(whole_year).otherwise(message_values["form"])
        return message_values
