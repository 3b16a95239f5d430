"""Asks what is on file of the groups that a file has, as the layout's `[on_file]` says."""

from collections.abc import Callable, Iterator, Sequence

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.lookup_settings import OnFile
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.cte_records import CteRecords
from tidegate.core.reference.source import ReferenceData
from tidegate.core.rules.expressions import HAS_CHANGED, UPLOAD

_MOST_AT_ONCE = 50_000
"""The records of so many students are asked for at once. Few of them are kept."""
_ORDINAL = "ordinal"

FindLoadedBefore = Callable[[pl.DataFrame], pl.DataFrame | None]
"""Takes the rows of a fix file, and returns what the upload that it corrects has loaded in their groups; None where
there is no such upload."""


def without_equals(rows: pl.DataFrame, others: pl.DataFrame, *, on: Sequence[str]) -> pl.DataFrame:
    """Return `rows` without one equal row for each of `others`; rows are equal that agree in the columns `on`."""
    content = [*on, _ORDINAL]
    number = pl.int_range(pl.len()).over(*on).alias(_ORDINAL)
    rows, others = rows.with_columns(number), others.select(*on, number)
    return rows.join(others, on=content, how="anti", nulls_equal=True, maintain_order="left").drop(_ORDINAL)


class RecordsOnFile:
    """The stored records of a file's groups.

    A fix file is judged together with what it corrects. What the corrected upload has loaded of a group is therefore
    left out. Where it is not on file any more, the group has changed since: then all of the group's records are given.
    """

    def __init__(
        self,
        layout: Layout,
        on_file: OnFile,
        *,
        tables: ReferenceData,
        school_year: SchoolYear,
        before: pl.DataFrame | None = None,
    ) -> None:
        """Take the rows that were loaded before, with the layout's values and look-ups. Most files have none."""
        self._on_file = on_file
        self._group = list(layout.group)
        self._tables = tables
        self._school_year = school_year
        self._rows_before = before
        self._before = None if before is None else before.select(map(self._as_stored, on_file.columns))
        self._changed: list[pl.DataFrame] = []

    def _as_stored(self, name: str) -> pl.Expr:
        """Return a column with the values that a record has; a blank text is an empty one."""
        kind = CteRecords.schema[self._on_file.columns[name]]
        column = pl.col(name).cast(kind)
        return column.fill_null("") if kind == pl.String else column

    def of(self, students: pl.Series) -> Iterator[pl.DataFrame]:
        """Yield the records of these students under the rows' names, with UPLOAD and HAS_CHANGED. Each part has all
        records of its students."""
        names = {stored: name for name, stored in self._on_file.columns.items()} | {"upload_id": UPLOAD}
        for some in students.sort().to_frame().iter_slices(_MOST_AT_ONCE):
            # a file has fewer lines only where there are several, but what is corrected may be a single one
            only_several = self._before is None
            records = self._tables.cte_records(some.to_series(), self._school_year, only_several=only_several)
            records = records.rename(names)
            if not records.is_empty():
                yield self._without_those_before(records)

    def _without_those_before(self, records: pl.DataFrame) -> pl.DataFrame:
        if self._before is None:
            return records.with_columns(pl.lit(False).alias(HAS_CHANGED))
        content = list(self._on_file.columns)
        before = self._before.join(records, on=self._on_file.student, how="semi")
        changed = without_equals(before, records, on=content).select(self._group).unique()
        self._changed.append(changed)
        of_changed = records.join(changed, on=self._group, how="semi")
        others = without_equals(records.join(changed, on=self._group, how="anti"), before, on=content)
        return pl.concat(
            [
                of_changed.with_columns(pl.lit(True).alias(HAS_CHANGED)),
                others.with_columns(pl.lit(False).alias(HAS_CHANGED)),
            ]
        )

    def still_on_file(self) -> pl.DataFrame | None:
        """Return the rows that were loaded before and whose group has not changed since, after `of` all students."""
        if self._before is None or self._rows_before is None:
            return None
        changed = pl.concat([self._before.select(self._group).clear(), *self._changed])
        staying = self._before.with_row_index().join(changed, on=self._group, how="anti")
        return self._rows_before.select(pl.all().gather(staying["index"].sort()))
