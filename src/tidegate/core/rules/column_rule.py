"""Built-in rules about one column: made from the layout, never written by hand for a file type."""

from typing import ClassVar

import polars as pl

from tidegate.core.layouts.layout import Column
from tidegate.core.rules.rule import Rule


class ColumnRule(Rule, abstract=True):
    """Judges the values of one column by what the layout says of it. In `message`, `{column}`, `{value}` and `{form}`
    stand for the column's name, the cell's text and the form that the layout asks for.

    `message_without_value` is the message where no value may be shown, blank where leaving out `{value}` gives it.
    `of_odd_cells` says that it breaks only on cells that have a text and no value, so that it is asked about no others;
    `of_clean_cells` whether a tidy cell (see `Slice`) can break it at all.
    """

    example_value: ClassVar[str]
    message_without_value: ClassVar[str] = ""
    of_odd_cells: ClassVar[bool] = False
    of_clean_cells: ClassVar[bool] = True
    example_values_above: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def _needed_parts(cls) -> tuple[str, ...]:
        return ("example_value",)

    @classmethod
    def applies_to(cls, column: Column) -> bool:
        """Whether the layout asks this of the column."""
        raise NotImplementedError

    def __init__(self, column: Column) -> None:
        self.of = column

    @property
    def condition(self) -> str:
        """The fact of the upload without which nothing breaks the rule, blank where it depends on none."""
        return ""

    @property
    def column(self) -> str:
        """The column whose cell a finding points at."""
        return self.of.name

    def broken(self) -> pl.Expr:
        """Return an expression that is true where the column's value breaks the rule."""
        raise NotImplementedError

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the words of the message."""
        return {"column": pl.lit(self.of.name), "value": pl.col(self.of.name), "form": pl.lit(self.of.of.form())}
