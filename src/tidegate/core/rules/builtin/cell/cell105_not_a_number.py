"""CELL105: a value is not a number of the right form."""

import polars as pl

from tidegate.core.layouts.column_types import Number
from tidegate.core.rules.expressions import present, text, value
from tidegate.core.rules.rule import ColumnRule


class NotANumber(ColumnRule):
    """A value is not a number of the right form.

    What it checks: The value is a decimal number with a point, no more decimal places than the
    layout allows, and nothing else.

    How to fix it: Write the number like 1.50, without a unit, a percent sign or a comma.
    """

    code = "CELL105"
    message = '{column} "{value}"{problem}'
    cause = "{column}: {why}"
    message_without_value = "{column} is not {form}"
    cause_by = ("column", "why")
    meant = "meant"
    of_type = Number
    example_value = "1,5"
    of_odd_cells = True

    def broken(self) -> pl.Expr:
        """True where a number is not a number of the right form."""
        return present(self.column) & value(self.column).is_null()

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the words of the message: why the text is no number, and the number that it may be."""
        assert isinstance(self.type, Number)  # applies_to has seen to it
        cell, places = text(self.column), self.type.places
        number = rf"[+-]?[0-9]{{0,8}}{f'[.,][0-9]{{1,{places}}}' if places else ''}"
        point = pl.when(cell.str.contains(f"^{number}$")).then(cell.str.replace(",", ".", literal=True))
        places_in_words = f"at most {places} decimal place{'' if places == 1 else 's'}" if places else "no decimals"
        why = (
            pl.when(point.is_not_null() & cell.str.contains(",", literal=True)).then(pl.lit("use a point, not a comma"))
            .when(cell.str.contains(r"^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?$")).then(pl.lit("leave the comma out"))
            .when(cell.str.contains("%", literal=True)).then(pl.lit("leave the percent sign out"))
            .when(cell.str.contains(r"^[+-]?[0-9]*\.[0-9]+$")).then(pl.lit(f"it may have {places_in_words}"))
            .when(cell.str.contains("[0-9]")).then(pl.lit("write the number alone, without other characters"))
            .otherwise(pl.lit("this is text, not a number"))
        )  # fmt: skip
        meant = pl.when(why == "use a point, not a comma").then(point)
        problem = pl.coalesce(": use a point, " + meant, ": " + why)
        return {**super().message_values(), "why": why, "problem": problem, "meant": meant}
