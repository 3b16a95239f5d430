"""The rule about a new line that may be one that another organization has sent."""

from typing import Any

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.reference.stored_lines import line_table
from tidegate.core.rules.expressions import MAY_BE_ANOTHERS
from tidegate.core.rules.line_rule import LineRule
from tidegate.core.rules.lines_on_file import NOT_THEIRS


class OrganizationLineRule(LineRule, abstract=True):
    """A new line may be one that another organization has sent.

    What it checks: In a complete file a line with another code is a change of the line on file. Where another
    organization has sent the line on file, it is not taken away, and both would count: so the new one waits.

    How to fix it: If the student has both, say on the page of the upload to keep the lines on file and add these. If it
    is the same one, ask the organization that has sent it to correct it or to withdraw it.
    """

    number = "604"
    cause = "Lines on file from another organization may be the same, and stay"
    message = (
        "Not loaded, because a line of this student from another organization is not in the file, and it may be this "
        "one before it was corrected"
    )

    @classmethod
    def applies_to(cls, layout: Layout) -> bool:
        """Whether a line on file of another group may be the same one, corrected."""
        if not layout.group or layout.on_file is None:
            return False
        return line_table(layout, layout.on_file).has_correctable_unit

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self._may_double = self.computed(self.number, "may_double")

    def prefilter(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows that may be a line of another organization."""
        may_be = pl.col(MAY_BE_ANOTHERS) if MAY_BE_ANOTHERS in rows.columns else pl.lit(False)
        return rows.with_columns(may_be.fill_null(False).alias(self._may_double)).filter(self._may_double)

    def broken(self) -> pl.Expr:
        """True for such a row."""
        return pl.col(self._may_double) & self.has_unit()

    @classmethod
    def examples(cls, other: dict[str, Any]) -> dict[str, tuple[dict[str, Any], ...]]:  # noqa: ARG003 - any line
        """Return a line beside one of another organization, and one that is alone."""
        return {"good": ({MAY_BE_ANOTHERS: False},), "bad": ({MAY_BE_ANOTHERS: True},)}

    @classmethod
    def codes(cls, area: str) -> dict[str, Any]:
        """What else is wrong with the lines on file is the cause; and others are not told what is on file."""
        return {"suppressed_by": (f"{area}601", f"{area}603", *NOT_THEIRS)}
