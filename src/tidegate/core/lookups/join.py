"""Joins to each row what is stored about it, as the layout's `[stored]` and `[beside]` tables ask."""

from collections.abc import Collection
from functools import cached_property, partial

import polars as pl

from tidegate.core.errors import BrokenLayout
from tidegate.core.frames.dictionary import code_column
from tidegate.core.frames.joins import left_join_one
from tidegate.core.layouts.column_types import Code, Digits
from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.lookup_settings import (
    CodeLookup,
    EnrollmentLookup,
    OrganizationLookup,
    PersonLookup,
    SchoolLookup,
    StudentLookup,
)
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.lookups.find_code import codes_in_year, find_code
from tidegate.core.lookups.find_enrollment import EnrollmentFinder
from tidegate.core.lookups.find_person import find_person
from tidegate.core.lookups.find_school import find_school
from tidegate.core.lookups.known_students import STUDENT, KnownStudents
from tidegate.core.lookups.lookup_cache import LookupCache
from tidegate.core.reference.tables import SAU, ReferenceData

_MOST_DIGITS = 9
"""More do not fit into an UInt32, as which numbers of students are compared."""


def student_column(layout: Layout) -> str:
    """Return the column with the state student number, blank where the file type has none. BrokenLayout where its
    zeros would be lost in a number."""
    columns = {find.by for find in layout.stored.values() if isinstance(find, StudentLookup)}
    if not columns:
        return ""
    (by,) = columns
    of = layout.columns[by].type
    if not isinstance(of, Digits) or of.min_length != of.max_length or of.max_length > _MOST_DIGITS:
        raise BrokenLayout(f"{by} is a state student number: so many digits, always, and at most {_MOST_DIGITS}")
    return by


class LookupJoin:
    """Looks up the rows of one file, slice by slice. The stored tables are asked for the file's keys, each once."""

    def __init__(
        self,
        layout: Layout,
        tables: ReferenceData,
        school_year: SchoolYear,
        *,
        wanted: Collection[str] | None = None,
    ) -> None:
        """Take the columns that somebody asks for, None where all are wanted; of enrollments no others are found."""
        self.layout = layout
        self.tables = tables
        self.school_year = school_year
        self._codes: dict[str, pl.DataFrame] = {}
        self._asked: dict[str, LookupCache] = {}
        self._student_column = student_column(layout)
        self._finders = {
            name: EnrollmentFinder(name, find, wanted=wanted)
            for name, find in layout.stored.items()
            if isinstance(find, EnrollmentLookup)
        }
        self.students = KnownStudents(
            tables,
            school_year,
            has_enrollments=bool(self._finders) or layout.beside is not None,
            asks_once=layout.beside is not None,
        )
        self._beside: list[pl.DataFrame] = []

    @cached_property
    def organizations(self) -> pl.DataFrame:
        """The organizations of the state."""
        return self.tables.organizations()

    def _listed(self, by: str) -> pl.DataFrame:
        """Return the codes of a column's list that are valid in the school year."""
        of = self.layout.columns[by].type
        if not isinstance(of, Code):
            raise BrokenLayout(f"{by} is looked up in a list of codes and is not a column of codes")
        if of.list_name not in self._codes:
            self._codes[of.list_name] = codes_in_year(self.tables, of, self.school_year)
        return self._codes[of.list_name]

    def join(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return `rows` with the columns of every look-up, named `<look-up>.<field>`; null where nothing was found.

        `rows` has the layout's texts and values; its height and order stay as they are.
        """
        if self._student_column:
            rows = self._with_students(rows)
        for name, find in self.layout.stored.items():
            if isinstance(find, EnrollmentLookup):
                rows = self._finders[name].join(rows)
            elif isinstance(find, StudentLookup):
                is_known = pl.when(pl.col(STUDENT).is_not_null())
                rows = rows.with_columns(is_known.then(f"{find.by}:value").alias(f"{name}.student_number"))
            elif isinstance(find, PersonLookup):
                found = find_person(name, find, rows, self.tables)
                rows = left_join_one(rows, found, on=[f"{column}:value" for column in find.columns], nulls_equal=True)
            else:
                rows = self._asked_once(name, find).join(rows)
        return rows.drop(STUDENT, *map(code_column, self.layout.columns), strict=False)

    def _with_students(self, rows: pl.DataFrame) -> pl.DataFrame:
        numbers = rows[f"{self._student_column}:value"].cast(pl.UInt32, strict=False)
        places, enrollments, forgets = self.students.find(numbers)
        if enrollments is not None:
            if self.layout.beside is not None:
                self._beside.append(enrollments)
            for finder in self._finders.values():
                if forgets:
                    finder.forget()
                finder.add(enrollments, count=self.students.count)
        return rows.with_columns(places.alias(STUDENT))

    def _asked_once(self, name: str, find: OrganizationLookup | SchoolLookup | CodeLookup) -> LookupCache:
        """Return the look-up, which remembers what it was asked."""
        if name not in self._asked:
            saus = self.organizations.filter(pl.col("kind") == SAU)["id"]
            beside = self._within(name, find) if isinstance(find, SchoolLookup) else ""
            ask = partial(self._find, name, find)
            self._asked[name] = LookupCache(ask, find.by, beside=beside, saus=saus)
        return self._asked[name]

    def _within(self, name: str, find: SchoolLookup) -> str:
        """Return the column with the SAU in which a school is looked up."""
        within = self.layout.stored.get(find.within)
        if not isinstance(within, OrganizationLookup) or within.kind != SAU:
            raise BrokenLayout(f"[stored.{name}] looks within {find.within}, which is no look-up of a SAU")
        return f"{find.within}.id"

    def _find(
        self, name: str, find: OrganizationLookup | SchoolLookup | CodeLookup, keys: pl.DataFrame
    ) -> pl.DataFrame:
        """Return the keys that something was found for, with the fields found."""
        match find:
            case OrganizationLookup():
                return self._find_organization(name, find, keys)
            case SchoolLookup():
                return find_school(name, find, keys, self.organizations)
            case CodeLookup():
                return find_code(name, find, keys, self._listed(find.by))

    def _find_organization(self, name: str, find: OrganizationLookup, rows: pl.DataFrame) -> pl.DataFrame:
        by = f"{find.by}:value"
        of_kind = self.organizations.filter(pl.col("kind") == find.kind)
        fields = of_kind.select(pl.col("id").alias(f"{name}.id"), pl.col("name").alias(f"{name}.name"))
        number = pl.col(by).cast(pl.Int32, strict=False).alias(f"{name}.id")
        found = rows.select(by).unique().select(pl.col(by), number).join(fields, on=f"{name}.id", how="inner")
        return found.filter(pl.col(by).is_not_null())

    def beside(self) -> pl.DataFrame | None:
        """Return the stored records that are to be set beside the rows joined since this was last asked, under the
        rows' names; None where there are none. The state student number is an UInt32."""
        beside, found = self.layout.beside, self._beside
        self._beside = []
        if beside is None or not found:
            return None
        records = pl.concat(found).rename({stored: name for name, stored in beside.columns.items()})
        for kind in ("sau", "school"):
            if f"{kind}.id" in records.columns:
                names = self.organizations.select(
                    pl.col("id").alias(f"{kind}.id"), pl.col("name").alias(f"{kind}.name")
                )
                records = records.join(names, on=f"{kind}.id", how="left", maintain_order="left")
        return records
