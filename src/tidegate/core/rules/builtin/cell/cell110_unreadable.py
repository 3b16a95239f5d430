"""CELL110: a value has unreadable characters."""

import polars as pl

from tidegate.core.rules.expressions import text
from tidegate.core.rules.rule import ColumnRule

UNREADABLE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\x{FFFD}]"
"""Control characters, and the mark that stands for a byte that spells nothing."""


class Unreadable(ColumnRule):
    """A value has unreadable characters.

    What it checks: The text has no control characters, and none that were damaged between two
    programs.

    How to fix it: Type the value again in your student information system and save the file as CSV
    UTF-8.
    """

    code = "CELL110"
    is_about_form = False
    message = '{column} "{value}" has a character that cannot be read'
    cause_by = ("column",)
    example_value = "A\x07B"
    of_clean_cells = False
    comes_first = True

    def broken(self) -> pl.Expr:
        """True where a value has characters that cannot be read."""
        return text(self.column).str.contains(UNREADABLE)
