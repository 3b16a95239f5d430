"""The protocol of everything that answers questions about reference data: a folder, or the database."""

from typing import Protocol

import polars as pl

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.codes import Codes
from tidegate.core.reference.cte_records import CteRecords
from tidegate.core.reference.enrollments import Enrollments
from tidegate.core.reference.number_requests import NumberRequests
from tidegate.core.reference.organizations import Organizations
from tidegate.core.reference.students import Students
from tidegate.core.reference.table import T
from tidegate.core.reference.taught_codes import TaughtCodes


class ReferenceData(Protocol):
    """Answers what is stored, for the keys that stand in a file. Cost grows with the file, not with the state.

    `table` gives the questions of any table that is found. Those of the program's own tables have a short way here. A
    state student number, which has nine digits, is asked for and answered as an UInt32.
    """

    @property
    def is_locking(self) -> bool:
        """Whether the file's students are to be locked before anything is asked about them."""
        ...

    @property
    def is_bound_to_a_thread(self) -> bool:
        """Whether only the thread that made it may ask it, as with a connection to a database."""
        ...

    def note_students(self, numbers: pl.Series) -> None:
        """Note some of the file's students, to be locked by `lock_noted`."""
        ...

    def lock_noted(self) -> None:
        """Lock the noted students until the transaction ends: nobody else changes what is stored of them."""
        ...

    def expect_students(self, school_year: SchoolYear) -> None:
        """Begin with what takes time: students and their rows of the school year will be asked for."""
        ...

    def table(self, table: type[T]) -> T:
        """Return what answers the questions of a reference table. Raises BrokenLayout where nothing does."""
        ...

    def organizations(self) -> pl.DataFrame:
        """See `Organizations.all`."""
        return self.table(Organizations).all()

    def codes(self, list_name: str) -> pl.DataFrame:
        """See `Codes.in_list`."""
        return self.table(Codes).in_list(list_name)

    def taught_codes(self, school_ids: pl.Series, school_year: SchoolYear) -> pl.DataFrame:
        """See `TaughtCodes.at_schools`."""
        return self.table(TaughtCodes).at_schools(school_ids, school_year)

    def everybody(self) -> pl.Series | None:
        """See `Students.everybody`."""
        return self.table(Students).everybody()

    def students(self, numbers: pl.Series) -> pl.DataFrame:
        """See `Students.known`."""
        return self.table(Students).known(numbers)

    def people(self, named: pl.DataFrame) -> pl.DataFrame:
        """See `Students.named`."""
        return self.table(Students).named(named)

    def number_requests(self, request_keys: pl.Series) -> pl.DataFrame:
        """See `NumberRequests.answered`."""
        return self.table(NumberRequests).answered(request_keys)

    def enrollments(self, numbers: pl.Series, school_year: SchoolYear) -> pl.DataFrame:
        """See `Enrollments.of_students`."""
        return self.table(Enrollments).of_students(numbers, school_year)

    def cte_records(self, numbers: pl.Series, school_year: SchoolYear, *, only_several: bool = False) -> pl.DataFrame:
        """See `CteRecords.of_students`."""
        return self.table(CteRecords).of_students(numbers, school_year, only_several=only_several)
