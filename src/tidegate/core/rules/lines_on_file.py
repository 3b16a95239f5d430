"""Rules about how the lines of one group compare with those that are on file."""

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.reference.stored_lines import LineColumn, line_table
from tidegate.core.reference.table import ReferenceFile
from tidegate.core.rules.expressions import HAS_CHANGED, MAY_BELONG, ROW, UPLOAD, present
from tidegate.core.rules.line_rule import LineRule

NOT_THEIRS = ("ORG201",)
"""A row that breaks this is from an organization that has nothing to do with it: its findings do not say what is on
file."""
STORED = {"is_stored": True, UPLOAD: 7}
"""An example's line that is on file."""


class LinesOnFileRule(LineRule, abstract=True):
    """Compares the lines of a group with those on file, where the file has fewer or the group has changed.

    Its expression may use `is_new`: whether no line is left on file for the row that says the same, since two lines
    that are alike both count; `in_file` and `on_file`: how many lines of the group the file has and how many are on
    file; `lines`: these in words, where the rule has words for a line; `has_changed` and `may_belong`: see
    HAS_CHANGED and MAY_BELONG.
    """

    needs_another_cell = True

    @classmethod
    def applies_to(cls, layout: Layout) -> bool:
        """Whether the layout has groups on file."""
        return layout.groups_on_file is not None

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        assert layout.on_file, layout.name
        self.lines = line_table(layout, layout.on_file)
        self._content, self._is_unknown = self.computed("601", "content"), self.computed("601", "is_unknown")
        self._found = {what: self.computed("601", what) for what in ("is_new", "in_file", "on_file", "lines")}
        self._found["has_changed"] = self.computed("603", "has_changed")
        self._found["may_belong"] = self.computed("601", "may_belong")

    def lists_needed(self, layout: Layout) -> set[ReferenceFile]:
        """Return the files without which the rule cannot be asked: also that of the lines on file."""
        return super().lists_needed(layout) | {self.lines.file}

    def fact(self, what: str) -> pl.Expr:
        """Return `is_new`, `in_file`, `on_file`, `lines` or `has_changed`."""
        return pl.col(self._found[what])

    def has_fewer(self) -> pl.Expr:
        """Whether the file has fewer lines of the group than are on file."""
        return self.fact("in_file") < self.fact("on_file")

    def derived_columns(self) -> dict[str, pl.Expr]:
        """Return what a line says in addition to its group, as one number, and whether a cell of
        it cannot be read."""
        others = [self.lines.column_of(row) for row in self._stored() if row not in self.unit]
        said = [pl.col(each.row).fill_null("") if each.type == pl.String() else pl.col(each.row) for each in others]
        unread = [self._is_unread(each) for each in others]
        content = pl.struct(said).hash() if said else pl.lit(0, pl.UInt64)
        return {self._content: content, self._is_unknown: pl.any_horizontal(pl.lit(False), *unread)}

    def _stored(self) -> tuple[str, ...]:
        return tuple(self.layout.on_file.columns) if self.layout.on_file else ()

    def _is_unread(self, column: LineColumn) -> pl.Expr:
        read_from = [self.layout.columns[name] for name in self.layout.read_from(column.row)]
        is_needed = any(each.required for each in read_from)
        is_there = pl.lit(True) if is_needed else pl.any_horizontal(*(present(each.name) for each in read_from))
        return is_there & pl.col(column.row).is_null()

    def prefilter(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of the groups that have stored records."""
        if not rows[ROW].has_nulls():
            return rows.clear().with_columns(pl.lit(None).alias(name) for name in self._found.values())
        group = list(self.unit)
        records = rows.filter(pl.col(ROW).is_null() & self.has_unit())
        rows = rows.filter(pl.col(ROW).is_not_null())
        rows = rows.join(self._groups(records), on=group, how="inner", maintain_order="left")
        equals = [*group, self._content]
        alike = records.group_by(equals).agg(pl.len().cast(pl.Int64).alias("alike"))
        rows = rows.join(alike, on=equals, how="left", maintain_order="left")
        is_unknown = pl.col(self._is_unknown).fill_null(True)
        number = pl.int_range(pl.len()).over(*equals, is_unknown)
        return rows.with_columns(
            (~is_unknown & (number >= pl.col("alike").fill_null(0))).alias(self._found["is_new"]),
            pl.len().over(group).alias(self._found["in_file"]),
        ).drop("alike")

    def _groups(self, records: pl.DataFrame) -> pl.DataFrame:
        """Return the groups of the records with what is on file of each."""
        has_changed = pl.col(HAS_CHANGED).any() if HAS_CHANGED in records.columns else pl.lit(False)
        may_belong = pl.col(MAY_BELONG).min() if MAY_BELONG in records.columns else pl.lit(None, pl.UInt32)
        return records.group_by(self.unit).agg(
            pl.len().alias(self._found["on_file"]),
            self.in_words(records).alias(self._found["lines"]),
            has_changed.alias(self._found["has_changed"]),
            may_belong.alias(self._found["may_belong"]),
        )

    def in_words(self, records: pl.DataFrame) -> pl.Expr:  # noqa: ARG002 - a file type may have words for its lines
        """Return the records of a group in words; blank unless the file type has words for a line, since not everybody
        may see what others have on file."""
        return pl.lit("")

    def message_values(self) -> dict[str, pl.Expr]:
        """Return how many lines there are, those on file, and the row that may be one of them."""
        row = self.fact("may_belong")
        unplaced = (
            pl.when(row.is_not_null())
            .then(". Row " + row.cast(pl.String) + " may be one of them")
            .otherwise(pl.lit(""))
        )
        return {**{name: self.fact(name) for name in ("on_file", "in_file", "lines")}, "unplaced": unplaced}
