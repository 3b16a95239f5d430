"""The rule about rows of one group of which one has an error."""

from typing import Any

import polars as pl

from tidegate.core.rules.expressions import ROW, ROW_IS_BAD, hashes, row_is_bad
from tidegate.core.rules.line_rule import COLUMNS_OF_UNIT, LineRule


class GroupRule(LineRule, abstract=True):
    """Another row of the same group has an error.

    What it checks: Rows of one group are replaced together or not at all, since a line has no
    number of its own. If one of them has an error, none is loaded.

    How to fix it: Fix the row that is named; this one needs no change. Then send all of them again.
    """

    number = "301"
    compares_with_stored = False
    held_back_by = "first_bad_row"
    column = ""  # nothing is wrong with the row itself
    message = f"Held back because row {{first_bad_row}} (same {COLUMNS_OF_UNIT}) has an error"
    known = ("Fix row {first_bad_row} and send both rows",)
    known_is_fix = True

    def first_bad_row(self) -> pl.Expr:
        """Return the number of the first row of the group that has an error."""
        return pl.when(row_is_bad()).then(pl.col(ROW)).min().over(self.unit)

    def broken(self) -> pl.Expr:
        """True where the row is good and another one of its group is not."""
        return ~row_is_bad() & self.first_bad_row().is_not_null() & self.has_unit()

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the number of the row with the error."""
        return {"first_bad_row": self.first_bad_row()}

    def prefilter(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of the groups in which one row has an error and another has none; by chance a few more."""
        groups = hashes(rows, self.unit)
        is_known = rows.select(self.has_unit()).to_series()
        is_bad, is_good = is_known & rows[ROW_IS_BAD], is_known & ~rows[ROW_IS_BAD]
        bad, good = groups.filter(is_bad), groups.filter(is_good)
        if bad.is_empty() or good.is_empty():
            return rows.clear()
        of_both = good.filter(good.is_in(bad.unique().implode())).unique().implode()
        return rows.filter((is_bad | is_good) & groups.is_in(of_both))

    @classmethod
    def examples(cls, other: dict[str, Any]) -> dict[str, tuple[dict[str, Any], ...]]:  # noqa: ARG003 - none differs
        """Return a group with and one without a bad row."""
        return {"good": ({"rows": [{ROW_IS_BAD: False}, {}]},), "bad": ({"rows": [{ROW_IS_BAD: True}, {}]},)}

    @classmethod
    def codes(cls, area: str) -> dict[str, Any]:
        """A row that is not loaded because of what is on file keeps nothing back."""
        on_file = (f"{area}601", f"{area}603", f"{area}604")
        return {"passes_over": on_file, "suppressed_by": on_file}
