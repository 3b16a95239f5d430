"""The rule about a line on file that the file leaves out."""

from typing import Any

import polars as pl

from tidegate.core.rules.expressions import MOVES, POSITION, ROW, ROW_IS_BAD, row_is_bad
from tidegate.core.rules.line_rule import COLUMNS_OF_UNIT
from tidegate.core.rules.lines_on_file import NOT_THEIRS, STORED, LinesOnFileRule
from tidegate.core.rules.rule import Severity


class StayingLineRule(LinesOnFileRule, abstract=True):
    """A line on file is not in the file, and stays.

    What it checks: The file has all lines of a group that are on file. A line that is left out is
    not removed, since it may have been left out by mistake. In a complete file a line whose code or
    day was corrected is not left out.

    How to fix it: If the line on file is right, leave it. If it is wrong, send all lines of the
    group with that one corrected. If it should not be there at all, withdraw it on the page of the
    upload.
    """

    number = "602"
    cause = "Lines on file are not in the file, and stay"
    message = (
        f"{{on_file}} lines are on file with the same {COLUMNS_OF_UNIT} and the file has {{in_file}}, so those on "
        "file stay"
    )
    severity = Severity.NOTICE

    def prefilter(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of the groups that have stored records, without those that rows of other groups change."""
        if MOVES in rows.columns:
            # a row of the student with an error leaves all of the student's lines on file
            with_errors = rows.filter(ROW_IS_BAD).select(self.lines.student).drop_nulls()
            moving = rows.filter(MOVES).join(with_errors, on=self.lines.student, how="anti")
            rows = rows.join(moving.select(POSITION), on=POSITION, how="anti", maintain_order="left")
        return super().prefilter(rows)

    def broken(self) -> pl.Expr:
        """True for the first row of a group with fewer lines, where all of its rows equal lines on file."""
        is_first = pl.col(ROW) == pl.col(ROW).min().over(self.unit)
        is_new, is_bad = self.fact("is_new").any().over(self.unit), row_is_bad().any().over(self.unit)
        return self.has_fewer() & is_first & ~is_new & ~is_bad

    @classmethod
    def examples(cls, other: dict[str, Any]) -> dict[str, tuple[dict[str, Any], ...]]:
        """Return a file that has all lines, and one that leaves one out."""
        moving = STORED | other | {MOVES: True}
        return {
            "good": ({"rows": [STORED, {}]}, {"rows": [STORED, moving, {}]}),
            "bad": ({"rows": [STORED, STORED | other, {}]},),
        }

    @classmethod
    def codes(cls, area: str) -> dict[str, Any]:
        """A row that is not loaded says it all."""
        return {"suppressed_by": (f"{area}601", f"{area}603", *NOT_THEIRS)}
