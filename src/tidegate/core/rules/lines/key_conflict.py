"""The rule about rows with the same key that differ."""

from typing import Any

import polars as pl

from tidegate.core.rules.expressions import ROW
from tidegate.core.rules.line_rule import COLUMNS_OF_UNIT, KeyRule


class KeyConflictRule(KeyRule, abstract=True):
    """Another row has the same key and other values.

    What it checks: These columns name a line, and the file has one row for it. A cell that cannot be read counts by
    its text: it is not blank.

    How to fix it: Keep the row that is right and delete the others.
    """

    number = "301"
    message = f"Row {{other_row}} has the same {COLUMNS_OF_UNIT} as this row, and other values"

    def derived_columns(self) -> dict[str, pl.Expr]:
        """Return what the row says."""
        return {self.computed("301", "content"): self.content()}

    def broken(self) -> pl.Expr:
        """True where rows of one key are not all alike."""
        said, equals = pl.col(self.computed("301", "content")), [*self.unit, pl.col(ROW).is_null()]
        return pl.col(ROW).is_not_null() & self.has_unit() & (said.min().over(equals) != said.max().over(equals))

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the number of another of these rows."""
        first, last = pl.col(ROW).min().over(self.unit), pl.col(ROW).max().over(self.unit)
        return {"other_row": pl.when(pl.col(ROW) == first).then(last).otherwise(first)}

    @classmethod
    def examples(cls, other: dict[str, Any]) -> dict[str, tuple[dict[str, Any], ...]]:
        """Return two rows that are alike and two that differ."""
        return {"good": ({"rows": [{}, {}]},), "bad": ({"rows": [other, {}]},)}
