"""The rule about a file with fewer lines of a group than are on file."""

from typing import Any

import polars as pl

from tidegate.core.rules.line_rule import COLUMNS_OF_UNIT
from tidegate.core.rules.lines_on_file import NOT_THEIRS, STORED, LinesOnFileRule


class LineCountRule(LinesOnFileRule, abstract=True):
    """The file has fewer lines of a group than are on file.

    What it checks: The lines of a group have no number of their own, so nobody can tell which line
    on file a new one corrects. The file needs at least as many of them as are on file. If it has
    fewer, every line on file stays, and a row that equals one of these counts as loaded; a row that
    differs is not loaded.

    How to fix it: Choose on the page of the upload what happens to the lines on file: keep them and
    add these, or withdraw them. Or send all lines of the group in one file: those on file that are
    still right, and the corrected or new ones. A fix file needs its columns Row and What to fix, so
    that it adds to what was loaded.
    """

    number = "601"
    cause = "The file has fewer lines than are on file, so we cannot tell which ones these correct"
    message = (
        f"Not loaded, because {{on_file}} lines are on file with the same {COLUMNS_OF_UNIT} and the file has only "
        "{in_file}{unplaced}"
    )

    def broken(self) -> pl.Expr:
        """True where a row of a group with fewer lines equals none on file."""
        return self.has_fewer() & self.fact("is_new")

    @classmethod
    def examples(cls, other: dict[str, Any]) -> dict[str, tuple[dict[str, Any], ...]]:
        """Return a file that has all lines, and one that has a new one alone."""
        stored = [STORED, STORED]
        return {"good": ({"rows": [*stored, other, {}]},), "bad": ({"rows": [*stored, other]},)}

    @classmethod
    def codes(cls, area: str) -> dict[str, Any]:
        """What has changed since is the cause."""
        return {"suppressed_by": (f"{area}603", *NOT_THEIRS)}
