"""The rule about a group that has changed since the upload that a fix file corrects."""

from typing import Any

import polars as pl

from tidegate.core.rules.expressions import HAS_CHANGED
from tidegate.core.rules.line_rule import COLUMNS_OF_UNIT
from tidegate.core.rules.lines_on_file import NOT_THEIRS, STORED, LinesOnFileRule


class GroupChangeRule(LinesOnFileRule, abstract=True):
    """The lines that a fix file adds to have changed since.

    What it checks: A fix file adds to what the corrected upload loaded for a group. If these lines
    have changed since then, or another has come, for example in a later upload, the fix file would
    bring the old ones back or take the place of the new one.

    How to fix it: Send all lines of the group in a new file, without the columns Row and What to
    fix.
    """

    number = "603"
    cause = "The lines have changed since the upload that this file corrects"
    message = (
        f"Not loaded, because the lines with the same {COLUMNS_OF_UNIT} have changed since the upload that this file "
        "corrects"
    )

    def broken(self) -> pl.Expr:
        """True where a row of a group that has changed equals no line on file."""
        return self.fact("has_changed").fill_null(False) & self.fact("is_new")

    @classmethod
    def examples(cls, other: dict[str, Any]) -> dict[str, tuple[dict[str, Any], ...]]:
        """Return a new line beside one that has changed since, and one beside one that has not."""
        has, has_not = STORED | {HAS_CHANGED: True}, STORED | {HAS_CHANGED: False}
        return {"good": ({"rows": [has_not, other]},), "bad": ({"rows": [has, other]},)}

    @classmethod
    def codes(cls, area: str) -> dict[str, Any]:  # noqa: ARG003 - a code of no area
        """Others are not told what is on file."""
        return {"suppressed_by": NOT_THEIRS}
