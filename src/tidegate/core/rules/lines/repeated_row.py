"""The rule about a row that repeats another one."""

from typing import Any

import polars as pl

from tidegate.core.rules.expressions import ROW, ROW_IS_BAD, row_is_bad
from tidegate.core.rules.line_rule import KeyRule
from tidegate.core.rules.rule import Severity


class RepeatedRowRule(KeyRule, abstract=True):
    """The row repeats an earlier one.

    What it checks: The file has one row for every line. A row that is the same as an earlier one
    changes nothing and does no harm. A row with an error is not loaded and does not count.

    How to fix it: To avoid this notice, delete the row.
    """

    number = "302"
    message = "The row repeats row {first_row}"
    may_be_relaxed = True
    severity = Severity.NOTICE

    def prefilter(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the good rows of the file whose key more than one of them has; by chance also some others."""
        return self._among_equals(rows, pl.col(ROW).is_not_null() & ~row_is_bad())

    def broken(self) -> pl.Expr:
        """True where an earlier one of the good rows has the same key."""
        return (pl.col(ROW) > pl.col(ROW).min().over(self.unit)).fill_null(False) & self.has_unit()

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the number of the row that is repeated."""
        return {"first_row": pl.col(ROW).min().over(self.unit)}

    @classmethod
    def examples(cls, other: dict[str, Any]) -> dict[str, tuple[dict[str, Any], ...]]:  # noqa: ARG003 - none differs
        """Return a good row below one with an error, and two that are alike."""
        has_error = {ROW_IS_BAD: True}
        return {
            "good": ({"rows": [{}]}, {"rows": [has_error, {}]}, {"rows": [{}, has_error]}),
            "bad": ({"rows": [{}, {}]}, {"rows": [has_error, {}, {}]}),
        }

    @classmethod
    def codes(cls, area: str) -> dict[str, Any]:
        """Rows that differ are errors."""
        return {"suppressed_by": (f"{area}301",)}
