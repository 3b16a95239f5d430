"""Joins to each row what is stored about it, as the layout's `[stored]` and `[beside]` tables ask."""

from functools import cached_property

import polars as pl

from tidegate.core.layouts.finds import (
    AnyFind,
    Beside,
    FindCode,
    FindEnrollment,
    FindOrganization,
    FindPerson,
    FindSchool,
    FindStudent,
)
from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.stored.attach import attach
from tidegate.core.stored.find_code import find_code
from tidegate.core.stored.find_enrollment import STUDENT, join_enrollment
from tidegate.core.stored.find_person import find_person
from tidegate.core.stored.find_school import find_school
from tidegate.core.stored.tables import ENROLLMENTS, StoredTables


class StoredJoin:
    """Looks up the rows of one file. Each stored table is asked once, for the keys that stand in the file."""

    def __init__(self, layout: Layout, tables: StoredTables, school_year: SchoolYear) -> None:
        self.layout = layout
        self.tables = tables
        self.school_year = school_year
        self._numbers: pl.Series | None = None
        self._enrollments: pl.DataFrame | None = None
        self._placed = pl.DataFrame()

    @cached_property
    def organizations(self) -> pl.DataFrame:
        """The organizations of the state."""
        return self.tables.organizations()

    def join(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return `rows` with the columns of every look-up, named `<look-up>.<field>`; null where nothing was found.

        `rows` has the layout's texts and values; its height and order stay as they are.
        """
        for name, find in self.layout.stored.items():
            if isinstance(find, FindEnrollment):
                rows = self._join_enrollment(name, find, rows)
                continue
            found = self._find(name, find, rows)
            keys = [column for column in found.columns if not column.startswith(f"{name}.")]
            rows = attach(rows, found, on=keys, nulls_equal=True)
        return rows.drop(STUDENT, strict=False)

    def _join_enrollment(self, name: str, find: FindEnrollment, rows: pl.DataFrame) -> pl.DataFrame:
        if STUDENT not in rows.columns:
            by = f"{find.student}:value"
            places = self.numbers(rows, find.student).rename(by).to_frame().with_row_index(STUDENT)
            rows = attach(rows, places, on=[by])
            enrollments = self.enrollments(rows, find.student)
            self._placed = enrollments.join(places, left_on="student_number", right_on=by, how="inner")
        return join_enrollment(name, find, rows, self._placed)

    def _find(self, name: str, find: AnyFind, rows: pl.DataFrame) -> pl.DataFrame:
        """Return one line per distinct key of the rows: the key columns of `rows`, and the fields found."""
        match find:
            case FindOrganization():
                return self._find_organization(name, find, rows)
            case FindSchool():
                return find_school(name, find, rows, self.organizations)
            case FindCode():
                of = self.layout.columns[find.by].of
                return find_code(name, find, rows, self.tables, of, self.school_year)
            case FindStudent():
                return self._find_student(name, find, rows)
            case FindPerson():
                return find_person(name, find, rows, self.tables)
            case FindEnrollment():
                raise AssertionError("An enrollment is found row by row")

    def _find_organization(self, name: str, find: FindOrganization, rows: pl.DataFrame) -> pl.DataFrame:
        by = f"{find.by}:value"
        of_kind = self.organizations.filter(pl.col("kind") == find.kind)
        fields = of_kind.select(pl.col("id").alias(f"{name}.id"), pl.col("name").alias(f"{name}.name"))
        number = pl.col(by).cast(pl.Int32, strict=False).alias(f"{name}.id")
        found = rows.select(pl.col(by), number).unique().join(fields, on=f"{name}.id", how="inner")
        return found.filter(pl.col(by).is_not_null())

    def _find_student(self, name: str, find: FindStudent, rows: pl.DataFrame) -> pl.DataFrame:
        by = f"{find.by}:value"
        known = self.tables.students(self.numbers(rows, find.by))["student_number"]
        enrolled = self.enrollments(rows, find.by)["student_number"] if self._asks_for_enrollments() else known
        numbers = pl.concat([known, enrolled]).unique()  # whoever is enrolled is known, whatever the list says
        return pl.DataFrame({by: numbers, f"{name}.student_number": numbers})

    def _asks_for_enrollments(self) -> bool:
        finds = self.layout.stored.values()
        return self.layout.beside is not None or any(isinstance(find, FindEnrollment) for find in finds)

    def enrollments(self, rows: pl.DataFrame, student: str) -> pl.DataFrame:
        """Return the stored enrollments of the file's students in the school year."""
        if self._enrollments is None:
            self._enrollments = self.tables.enrollments(self.numbers(rows, student), self.school_year)
        return self._enrollments

    def numbers(self, rows: pl.DataFrame, student: str) -> pl.Series:
        """Return the state student numbers of the file, each once."""
        if self._numbers is None:
            self._numbers = rows[f"{student}:value"].drop_nulls().unique()
        return self._numbers

    def beside(self, rows: pl.DataFrame) -> pl.DataFrame | None:
        """Return the stored records that are set beside the rows, under the rows' names; None where none are."""
        beside: Beside | None = self.layout.beside
        if beside is None:
            return None
        named = {stored: name for name, stored in beside.columns.items()}
        records = self.enrollments(rows, beside.student).select(ENROLLMENTS.names()).rename(named)
        for kind in ("sau", "school"):
            if f"{kind}.id" in records.columns:
                names = self.organizations.select(
                    pl.col("id").alias(f"{kind}.id"), pl.col("name").alias(f"{kind}.name")
                )
                records = records.join(names, on=f"{kind}.id", how="left")
        return records
