"""What the rules about lines that are replaced together or by a key have in common."""

from typing import Any, ClassVar, Self

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.rules.differences import what_is_said
from tidegate.core.rules.expressions import ROW, renumber, repeated_rows
from tidegate.core.rules.rule import FileRule

COLUMNS_OF_UNIT = "<columns>"
"""Where a message has the names of the columns in which the lines agree."""


class LineRule(FileRule, abstract=True):
    """A rule about rows that agree in the layout's `group` or `key`, the unit. It is made for a layout.

    `number` is the number of its code, after the area. With `needs_another_cell` it is only made for a layout whose
    lines can differ in a cell in addition to the unit.
    """

    reads_text = False
    number: ClassVar[str]
    needs_another_cell: ClassVar[bool] = False

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.unit = layout.group or layout.key
        self.needs = self.partition_by = self.unit  # type: ignore[misc]  # per layout, not per class

    @classmethod
    def applies_to(cls, layout: Layout) -> bool:
        """Whether a layout has the rule: by default one with a group."""
        return bool(layout.group)

    @classmethod
    def of_layout(cls, layout: Layout) -> Self:
        """Return the rule for a layout."""
        return cls(layout)

    def in_layout(self, layout: Layout) -> Self:
        """Return the rule for the layout of a school year."""
        return type(self)(layout)

    def computed(self, number: str, what: str) -> str:
        """Return the name of a column that is computed for the rule of that number; others may use it, too."""
        return f"{self.layout.area}{number}.{what}"

    def has_unit(self) -> pl.Expr:
        """Whether everything is known in which the lines agree."""
        return pl.all_horizontal(pl.col(self.unit).is_not_null())

    @classmethod
    def examples(cls, other: dict[str, Any]) -> dict[str, tuple[dict[str, Any], ...]]:
        """Return `good` and `bad` for any layout; `other` has a cell in which a line differs from the example's."""
        raise NotImplementedError

    @classmethod
    def examples_of(cls, layout: Layout, other: dict[str, Any]) -> dict[str, tuple[dict[str, Any], ...]]:  # noqa: ARG003 - most fit any layout
        """Return `good` and `bad` for a layout, as above."""
        return cls.examples(other)

    @classmethod
    def codes(cls, area: str) -> dict[str, Any]:  # noqa: ARG003 - many name none
        """Return the parts that name codes of the same area."""
        return {}


class KeyRule(LineRule, abstract=True):
    """Part of the rules about rows with the same key."""

    compares_with_stored = False

    @classmethod
    def applies_to(cls, layout: Layout) -> bool:
        """Whether the layout has a key."""
        return bool(layout.key)

    def prefilter(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of the file whose key occurs more than once; by chance also some other rows."""
        return self._among_equals(rows, pl.col(ROW).is_not_null())

    def _among_equals(self, rows: pl.DataFrame, counts: pl.Expr) -> pl.DataFrame:
        return renumber(repeated_rows(rows, self.unit, counts & self.has_unit()))

    def other_columns(self) -> list[str]:
        """Return the columns of the file that are no part of the key."""
        keys = {name for row in self.unit for name in self.layout.read_from(row)[:1]}
        return [name for name in self.layout.columns if name not in keys]

    def content(self) -> pl.Expr:
        """Return a hash of the row's cells beyond its key. An unreadable cell counts by its text, because it is not
        blank and nobody can know whether it means the same as another one."""
        said = [each for name in self.other_columns() for each in what_is_said(name)]
        return pl.struct(said).hash() if said else pl.lit(0)
