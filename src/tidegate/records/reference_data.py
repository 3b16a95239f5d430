"""The reference data as the database has it, asked for the keys of one file and no more."""

from functools import cache
from typing import cast

import polars as pl
from django.db import IntegrityError
from psycopg import sql

from tidegate.core.errors import BrokenLayout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.folder import ReferenceData
from tidegate.core.reference.stored_lines import LineTable
from tidegate.core.reference.table import T
from tidegate.records import tables as records_tables
from tidegate.records.line_tables import LinesInDatabase
from tidegate.records.lock_students import StudentLocks
from tidegate.records.stored_lines import stored_lines
from tidegate.reference import tables as reference_lists
from tidegate.reference.database_table import DatabaseTable, database_tables

# The packages with the tables of the apps, each next to the app's models.
_PACKAGES = (reference_lists, records_tables)


@cache
def tables_in_database() -> tuple[type[DatabaseTable], ...]:
    """Return every reference table of the database, in the order of lists."""
    return database_tables(_PACKAGES)


class ReferenceDatabase(ReferenceData):
    """Answers from the database; the implementation of `ReferenceData` for uploads. Cost grows with
    the file.

    With `is_locking` the file's students are locked before anything about them is read, in the
    order of their numbers, until the transaction ends: two uploads that name one student are
    checked one after the other, and the second sees what the first has loaded. With them are locked
    those of the query `others`, if the file names any student at all.
    """

    is_bound_to_a_thread = True

    def __init__(self, *, is_locking: bool = False, others: sql.Composable | None = None) -> None:
        self._locks = StudentLocks(is_locking=is_locking, others=others)
        self._tables = {table.name: table(self._locks) for table in tables_in_database()}
        self._lines = {lines.table.name: LinesInDatabase(lines, self._locks) for lines in stored_lines()}

    @property
    def is_locking(self) -> bool:
        """Whether the file's students are to be locked before anything is asked about them."""
        return self._locks.is_locking

    def table(self, table: type[T]) -> T:
        """Return what answers the questions of a reference table. Raises BrokenLayout where nothing does."""
        if table.name not in self._tables:
            raise BrokenLayout(f"The reference table {table.name} is not in the database")
        return cast("T", self._tables[table.name])

    def lines(
        self, lines: LineTable, numbers: pl.Series, school_year: SchoolYear, *, only_several: bool = False
    ) -> pl.DataFrame:
        """Return these students' stored lines of the school year. Raises BrokenLayout where nothing stores them."""
        return self._lines_of(lines).of_students(numbers, school_year, only_several=only_several)

    def lines_at(
        self, lines: LineTable, organizations: pl.Series, school_year: SchoolYear, *, field: str, but: pl.Series
    ) -> pl.DataFrame:
        """Return other students' stored lines at these organizations. Raises BrokenLayout where nothing stores them."""
        return self._lines_of(lines).at(organizations, school_year, field=field, but=but)

    def values_at(
        self, lines: LineTable, organization_id: int, school_year: SchoolYear, *, field: str, wanted: str
    ) -> pl.Series:
        """Return each value once of stored lines with an organization. Raises BrokenLayout where nothing stores
        them."""
        return self._lines_of(lines).values_at(organization_id, school_year, field=field, wanted=wanted)

    def _lines_of(self, lines: LineTable) -> LinesInDatabase:
        if lines.name not in self._lines:
            raise BrokenLayout(f"No model stores the lines of the table {lines.name}")
        return self._lines[lines.name]

    def note_students(self, numbers: pl.Series) -> None:
        """Note some of the file's students, to be locked by `lock_noted`."""
        self._locks.note(numbers)

    def lock_noted(self) -> None:
        """Lock the noted students until the transaction ends."""
        self._locks.lock()

    def check_locked(self, numbers: pl.Series) -> None:
        """Raise an IntegrityError where one of these students was not locked: what was read about them may be old."""
        if not numbers.is_empty() and not self._locks.are_noted(numbers):
            raise IntegrityError("Lines of students who were not locked would change")

    def expect_students(self, school_year: SchoolYear) -> None:
        """Begin with what takes time; a database is asked for the file's students alone."""
        for table in self._tables.values():
            table.expect(school_year)
