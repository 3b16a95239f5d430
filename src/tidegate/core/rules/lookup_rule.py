"""Built-in rules about look-ups: made from the layout's `[stored]` tables, never written by hand for a file type."""

from typing import ClassVar

import polars as pl

from tidegate.core.layouts.lookup_settings import Lookup, OrganizationLookup, SchoolLookup, StudentLookup
from tidegate.core.rules.expressions import stored, text, value
from tidegate.core.rules.rule import RowRule


class LookupRule(RowRule, abstract=True):
    """Reports a value that was looked up and not found. In `message`, `{label}` is what people call the value."""

    kind: ClassVar[type[Lookup]]
    field: ClassVar[str]
    example_value: ClassVar[str]
    good = ()
    bad = ()

    @classmethod
    def _needed_parts(cls) -> tuple[str, ...]:
        return ("kind", "field", "example_value")

    def __init__(self, name: str, find: OrganizationLookup | SchoolLookup | StudentLookup) -> None:
        self.name = name
        self.find = find
        self.columns = (find.by,)  # type: ignore[misc]  # per look-up, not per class

    def broken(self) -> pl.Expr:
        """Return an expression that is true where there is a value and nothing was found for it."""
        return value(self.find.by).is_not_null() & stored(f"{self.name}.{self.field}").is_null()

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the words of the message."""
        return {"label": pl.lit(self.find.label), "value": text(self.find.by)}
