"""Built-in rules about look-ups: made from the layout's `[stored]` tables, never written by hand for a file type."""

from typing import ClassVar

import polars as pl

from tidegate.core.layouts.finds import AnyFind, FindOrganization, FindSchool, FindStudent
from tidegate.core.rules.columns import stored, text, value
from tidegate.core.rules.rule import RowRule


class FindRule(RowRule, abstract=True):
    """Reports a value that was looked up and not found. In `message`, `{label}` is what people call the value."""

    kind: ClassVar[type[AnyFind]]
    field: ClassVar[str]
    example_value: ClassVar[str]
    good = ()
    bad = ()

    @classmethod
    def _needed_parts(cls) -> tuple[str, ...]:
        return ("kind", "field", "example_value")

    def __init__(self, name: str, find: FindOrganization | FindSchool | FindStudent) -> None:
        self.name = name
        self.find = find
        self.columns = (find.by,)  # type: ignore[misc]  # per look-up, not per class

    def broken(self) -> pl.Expr:
        """Return an expression that is true where there is a value and nothing was found for it."""
        return value(self.find.by).is_not_null() & stored(f"{self.name}.{self.field}").is_null()

    def facts(self) -> dict[str, pl.Expr]:
        """Return the words of the message."""
        return {"label": pl.lit(self.find.label), "value": text(self.find.by)}
