"""CELL104: a value is not a date."""

import polars as pl

from tidegate.core.layouts.column_types import Day
from tidegate.core.rules.expressions import present, text, value
from tidegate.core.rules.rule import ColumnRule

_DAY_AND_MONTH = (
    r"(?:[0-9]{1,2}[-/.][0-9]{1,2}[-/.]|[0-9]{1,2}[-/ ]?[A-Za-z]{3,9}[-/ ]?|[A-Za-z]{3,9}\.? [0-9]{1,2}, ?)"
)
_HAS_FORM = r"^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4})$"
_HAS_SHORT_YEAR = rf"^(?:[A-Za-z]+, )?{_DAY_AND_MONTH}[0-9]{{2}}(?:[ T:].*)?$"


class NotADate(ColumnRule):
    """A value is not a date.

    What it checks: The date is written as YYYY-MM-DD or M/D/YYYY and is on the calendar. Other
    forms that can mean only one day are read too, such as 2020/9/1 or 01SEP2020; a two-digit year
    is read if the date must be in the school year.

    How to fix it: Write the date like 9/1/2020 or 2020-09-01. In Excel, format the column as a date
    with a four-digit year before you save, and make it wide enough: if it is too narrow, ########
    is saved.
    """

    code = "CELL104"
    message = '{column} "{value}" {why}'
    cause = "{column} {why}"
    message_without_value = "{column} is not {form}"
    cause_by = ("column", "why")
    of_type = Day
    example_value = "13/45/2020"
    of_odd_cells = True

    def broken(self) -> pl.Expr:
        """True where a date is not a date."""
        return present(self.column) & value(self.column).is_null()

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the words of the message, with why the text is no date. Where the school year does not tell the
        century, a short year is the reason."""
        assert isinstance(self.type, Day)  # applies_to has seen to it
        cell = text(self.column)
        is_short = pl.lit(False) if self.type.within_school_year else cell.str.contains(_HAS_SHORT_YEAR)
        why = (
            pl.when(cell.str.contains("^#+$")).then(pl.lit("was saved from a column that was too narrow"))
            .when(is_short).then(pl.lit("needs all four digits of the year"))
            .when(cell.str.contains(_HAS_FORM)).then(pl.lit("is not on the calendar"))
            .otherwise(pl.lit(f"is not {self.type.form()}"))
        )  # fmt: skip
        return {**super().message_values(), "why": why}
