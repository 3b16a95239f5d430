"""Joins to each row what is stored about it, as the layout's `[stored]` and `[beside]` tables say."""

from collections.abc import Collection, Iterator
from functools import cached_property
from typing import NamedTuple

import polars as pl

from tidegate.core.errors import BrokenLayout
from tidegate.core.frames.dictionary import code_column
from tidegate.core.layouts.column_types import Digits
from tidegate.core.layouts.layout import Layout, StoredRecords
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.lookups.lookup import Join, Lookup, LookupSuggestions, lookups_of
from tidegate.core.lookups.sources import STUDENT, Sources
from tidegate.core.reference.source import ReferenceData

_MAX_STUDENT_DIGITS = 9
"""More do not fit into an UInt32, as which numbers of students are compared."""


class ReadAs(NamedTuple):
    """Values of a column that were read as others: `meant` has one ID or code for each row, and `code` names the rule
    that tells the uploader."""

    code: str
    column: str
    meant: pl.Series


class Joined(NamedTuple):
    """The rows of a slice with the columns of every look-up, and the values that were read as others."""

    rows: pl.DataFrame
    read_as: list[ReadAs]


def student_column(layout: Layout) -> str:
    """Return the column with the state student number, blank where no look-up asks about students. Raises BrokenLayout
    where there are two, or where zeros in front would be lost in a number."""
    columns = sorted({lookup.student_column for lookup in lookups_of(layout).values()} - {""})
    if not columns:
        return ""
    if len(columns) > 1:
        raise BrokenLayout(f"{' and '.join(columns)} are looked up as state student numbers: a file has one of them")
    of = layout.columns[columns[0]].type
    if not isinstance(of, Digits) or of.min_length != of.max_length or of.max_length > _MAX_STUDENT_DIGITS:
        raise BrokenLayout(
            f"{columns[0]} is a state student number: so many digits, always, and at most {_MAX_STUDENT_DIGITS}"
        )
    return columns[0]


def lookup_suggestions(layout: Layout, tables: ReferenceData, school_year: SchoolYear) -> LookupSuggestions:
    """Return what suggests values for those that the layout's look-ups do not find."""
    sources = Sources(layout, tables, school_year)
    suggesters = {name: lookup.suggester(name, sources) for name, lookup in lookups_of(layout).items()}
    return LookupSuggestions({name: each for name, each in suggesters.items() if each is not None})


class LookupJoin:
    """Joins what the look-ups find to the rows of one file, slice by slice."""

    def __init__(
        self,
        layout: Layout,
        tables: ReferenceData,
        school_year: SchoolYear,
        *,
        needed: Collection[str] | None = None,
    ) -> None:
        """`needed` are the columns that somebody reads afterwards, None where all are: of enrollments no others are
        joined."""
        self.layout = layout
        self._sources = Sources(layout, tables, school_year, needed=needed)
        self._student_column = student_column(layout)
        self._lookups = lookups_of(layout)
        self._stored_records = None if layout.beside is None else _StoredRecords(layout.beside, self._sources)

    @cached_property
    def _joins(self) -> list[Join]:
        """The join of each look-up, in order; made with the first slice, since some ask for whole tables."""
        return [lookup.joiner(name, self._sources) for name, lookup in self._lookups.items()]

    def join(self, rows: pl.DataFrame) -> Joined:
        """Return the rows with the columns of every look-up, named `<look-up>.<field>`; null where nothing was found.

        `rows` has the layout's texts and values; its height and order stay as they are.
        """
        read_as = []
        joins = self._joins
        for lookup in self._lookups.values():
            rows, restored = self._restore(rows, lookup)
            read_as += restored
        if self._student_column:
            numbers = rows[f"{self._student_column}:value"].cast(pl.UInt32, strict=False)
            rows = rows.with_columns(self._sources.students.keys(numbers).alias(STUDENT))
        for join in joins:
            rows = join(rows)
        for name, lookup in self._lookups.items():
            read_as += _read_as(rows, name, lookup)
        return Joined(rows.drop(STUDENT, *map(code_column, self.layout.columns), strict=False), read_as)

    def _restore(self, rows: pl.DataFrame, lookup: Lookup) -> tuple[pl.DataFrame, list[ReadAs]]:
        """Return the rows with values that lost digits put right, and which these are."""
        restored = lookup.restored(rows, self._sources)
        if restored is None or restored.is_empty():
            return rows, []
        column = lookup.columns[0]
        found = restored.select("row", pl.col("value").alias("restored"))
        rows = rows.join(found, on="row", how="left", maintain_order="left")
        rows = rows.with_columns(pl.coalesce(f"{column}:value", "restored").alias(f"{column}:value")).drop("restored")
        return rows, [ReadAs("CELL120", column, restored["value"])]

    def stored_records(self) -> pl.DataFrame | None:
        """Return the stored records of `[beside]` that belong to the rows joined since the last call, under the rows'
        names; None where there are none. The state student number is an UInt32."""
        return None if self._stored_records is None else self._stored_records.take()


class _StoredRecords:
    """Keeps the enrollments of newly known students until rows are compared with them."""

    def __init__(self, settings: StoredRecords, sources: Sources) -> None:
        self._settings = settings
        self._sources = sources
        self._waiting: list[pl.DataFrame] = []
        sources.students.follow(self)

    def forget(self) -> None:
        """Keep what waits: STUDENT is not looked at."""

    def add(self, enrollments: pl.DataFrame, *, count: int) -> None:  # noqa: ARG002 - each is given once
        """Let the enrollments wait."""
        self._waiting.append(enrollments)

    def take(self) -> pl.DataFrame | None:
        """Return what waits under the rows' names, with the names of organizations; None where nothing does."""
        if not self._waiting:
            return None
        records = pl.concat(self._waiting).rename({stored: name for name, stored in self._settings.columns.items()})
        self._waiting = []
        for lookup in ("sau", "school"):
            if f"{lookup}.id" in records.columns:
                id_, name = pl.col("id").alias(f"{lookup}.id"), pl.col("name").alias(f"{lookup}.name")
                names = self._sources.organizations.select(id_, name)
                records = records.join(names, on=f"{lookup}.id", how="left", maintain_order="left")
        return records


def _read_as(rows: pl.DataFrame, name: str, lookup: Lookup) -> Iterator[ReadAs]:
    """Yield the values of a look-up's column that were read with more zeros than they have, or fewer."""
    meant = lookup.read_as(name)
    if meant is None:
        return
    column = lookup.columns[0]
    read = rows.lazy().select(pl.col(f"{column}:value").alias("value"), meant.alias("meant"))
    found = read.filter(pl.col("meant").is_not_null()).collect()
    has_more = found["value"].str.len_chars() > found["meant"].str.len_chars()
    for code, values in (("CELL117", found["meant"].filter(has_more)), ("CELL120", found["meant"].filter(~has_more))):
        if not values.is_empty():
            yield ReadAs(code, column, values)
