"""The rows of a file that could not be placed: an unknown student, school or code may be any of several lines."""

from collections.abc import Sequence
from functools import cached_property

import polars as pl

from tidegate.core.rules.expressions import ROW

_KNOWN = "unplaced:known"


class AmbiguousRows:
    """The rows of which some columns of the unit are not known. All are noted before anything is asked."""

    def __init__(self, unit: Sequence[str]) -> None:
        self._unit = list(unit)
        self._noted: list[pl.DataFrame] = []

    def note(self, rows: pl.DataFrame) -> None:
        """Note those rows, with ROW and the unit, of which a column of the unit is null."""
        unplaced = rows.filter(pl.any_horizontal(pl.col(self._unit).is_null()))
        if not unplaced.is_empty():
            self._noted.append(unplaced.group_by(self._unit).agg(pl.col(ROW).min()))

    @cached_property
    def _patterns(self) -> list[tuple[list[str], pl.DataFrame]]:
        """The rows by which columns of the unit are known, each with its first row."""
        if not self._noted:
            return []
        which = pl.concat_str(pl.col(name).is_not_null().cast(pl.String) for name in self._unit).alias(_KNOWN)
        patterns = []
        for part in pl.concat(self._noted).with_columns(which).partition_by(_KNOWN, include_key=False):
            known = [name for name in self._unit if not part[name].null_count()]
            first = pl.col(ROW).min()
            patterns.append((known, part.group_by(known).agg(first) if known else part.select(first)))
        return patterns

    def first_about(self, lines: pl.DataFrame) -> pl.Series:
        """Return for each line, with the unit, the first row that may be about it; null where none may."""
        first = pl.Series(ROW, [None], pl.UInt32).new_from_index(0, lines.height)
        for known, rows in self._patterns:
            if known:
                found = lines.join(rows, on=known, how="left", maintain_order="left")[ROW]
            else:
                found = rows[ROW].new_from_index(0, lines.height)
            first = pl.select(pl.min_horizontal(first, found)).to_series()
        return first.cast(pl.UInt32)

    def not_about(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Return the lines that none of the rows may be about."""
        for known, rows in self._patterns:
            lines = lines.join(rows, on=known, how="anti", maintain_order="left") if known else lines.clear()
        return lines
