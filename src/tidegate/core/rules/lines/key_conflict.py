"""The rule about rows with the same key that differ."""

from typing import Any

import polars as pl

from tidegate.core.rules.differences import differing, fingerprints, two_rows
from tidegate.core.rules.expressions import ROW
from tidegate.core.rules.line_rule import COLUMNS_OF_UNIT, KeyRule


class KeyConflictRule(KeyRule, abstract=True):
    """Rows for the same line differ.

    What it checks: These columns identify a line, and the file has one row for it. A cell that
    cannot be read counts as the text in it: it is not blank.

    How to fix it: Keep one and delete the others.
    """

    number = "301"
    needs_another_cell = True
    says_no_cell = ("differing",)
    message = f"Rows {{first_row}} and {{other_row}} have the same {COLUMNS_OF_UNIT} with different {{differing}}"
    cause = f"Rows have the same {COLUMNS_OF_UNIT} and differ"

    def derived_columns(self) -> dict[str, pl.Expr]:
        """Return what the row says, as a whole and by column."""
        by_column = fingerprints(self.other_columns(), self.computed("301", "of"))
        return {self.computed("301", "content"): self.content(), **by_column}

    def broken(self) -> pl.Expr:
        """True where rows of one key are not all alike."""
        said, equals = pl.col(self.computed("301", "content")), [*self.unit, pl.col(ROW).is_null()]
        return pl.col(ROW).is_not_null() & self.has_unit() & (said.min().over(equals) != said.max().over(equals))

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the numbers of two of these rows, and the columns in which they differ."""
        equals: list[str | pl.Expr] = [*self.unit, pl.col(ROW).is_null()]
        columns = differing(self.other_columns(), self.computed("301", "of"), equals=equals)
        return {**two_rows(ROW, self.unit), "differing": columns}

    @classmethod
    def examples(cls, other: dict[str, Any]) -> dict[str, tuple[dict[str, Any], ...]]:
        """Return two rows that are alike and two that differ."""
        return {"good": ({"rows": [{}, {}]},), "bad": ({"rows": [other, {}]},)}
