"""Reads `NA`, `NULL` and the like as blank in the columns whose blanks are all written so, as R and pandas do."""

import polars as pl

from tidegate.core.layouts.layout import Column, Layout
from tidegate.core.parsing.repairs import Repair, change

_MAY_BE_NAMES = ["NA", "N/A", "NULL", "None"]
_NO_NAME = "#N/A"
"""In a column of names it is an error (CELL128): nobody is called so."""


class WrittenBlanks:
    """The columns of one file that have their blanks written out, as far as its slices tell, in order.

    A column is one of these as long as no cell of it was empty. Where a later slice has an empty cell after one of
    these words was taken for a blank, the file must be judged again, with what `again` returns.
    """

    def __init__(self, layout: Layout, *, has_empty: frozenset[str] = frozenset()) -> None:
        """`has_empty` names the columns that are known to have an empty cell."""
        self._layout = layout
        self._has_empty = set(has_empty)
        self._told_of: set[str] = set()
        self._may_be_blank = {column.name for column in layout.columns.values() if not column.required}

    def read(self, text: pl.Series, column: Column) -> tuple[pl.Series, list[Repair]]:
        """Return the texts of a slice, an empty one for each blank that is written out, and what is to be told of it.
        Names are left alone, since somebody may be called so."""
        name = column.name
        if name not in self._may_be_blank or name in self._has_empty:
            return text, []
        if (text == "").any():
            self._has_empty.add(name)
            return text, []
        forms = pl.Series(_MAY_BE_NAMES if column.holds_names else [*_MAY_BE_NAMES, _NO_NAME])
        is_written = text.is_in(forms.implode()).fill_null(False)
        if not is_written.any():
            return text, []
        self._told_of.add(name)
        written = text.filter(is_written)
        if column.holds_names:
            return text, [change("CELL119", name, written)]
        return text.set(is_written, ""), [change("CELL118", name, written)]

    @property
    def is_settled(self) -> bool:
        """Whether no column turned out to have an empty cell after it was told of as one that has none."""
        return not self._told_of & self._has_empty

    def again(self) -> "WrittenBlanks":
        """Return what is known now for the first slice and all that follow."""
        return WrittenBlanks(self._layout, has_empty=frozenset(self._has_empty))
