"""The look-up of a student's last enrollment on file, of this and earlier school years."""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

import polars as pl

from tidegate.core.frames.joins import left_join_one
from tidegate.core.layouts.identifiers import student_numbers
from tidegate.core.layouts.layout import Column, Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.lookups.lookup import Join, Lookup
from tidegate.core.lookups.sources import STUDENT, Sources
from tidegate.core.reference.enrollments import Enrollments
from tidegate.core.reference.stored_lines import YEARS_OF_PROGRAM
from tidegate.core.reference.table import ReferenceFile
from tidegate.core.rules.expressions import present


class LastEnrollmentLookup(Lookup, frozen=True, tag="last_enrollment"):
    """The enrollment on file of the `enrollment_type` that began last, of the student in this school year or the one
    before; where there is none, in the last year that has one, of the eleven before these.

    It is looked for in rows whose column `asked_by` is filled in: of the others nobody asks for it. By this enrollment
    the follow-up list and the indicator of placement say, too, whether and when a student has left.
    """

    gives: ClassVar = {"entry_date": "its first day", "exit_date": "its last day, null where it has not ended"}

    student: str
    enrollment_type: str
    asked_by: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns with the student's number and with what asks for the enrollment."""
        return (self.student, self.asked_by)

    @property
    def student_column(self) -> str:
        """The column with the student's number."""
        return self.student

    def lists(self, layout: Layout) -> tuple[ReferenceFile, ...]:  # noqa: ARG002 - the same for any layout
        """Return the list of enrollments."""
        return (Enrollments.file,)

    def joiner(self, name: str, sources: Sources) -> Join:
        """Return the join of the enrollment."""
        return lambda rows: left_join_one(rows, self._find(name, rows, sources), on=["row"])

    def _find(self, name: str, rows: pl.DataFrame, sources: Sources) -> pl.DataFrame:
        """Return `row` and the days for each row that asks, of a student with an enrollment."""
        is_asked = pl.col(STUDENT).is_not_null() & present(self.asked_by)
        number = student_numbers().number(pl.col(f"{self.student}:value")).alias("student_number")
        asked = rows.filter(is_asked).select("row", number)
        if asked.is_empty():  # the enrollments of two years are read for nobody
            no_days = (pl.lit(None, pl.Date).alias(f"{name}.{field}") for field in self.gives)
            return asked.select("row").with_columns(no_days)
        first = sources.school_year.first
        earlier = ((year,) for year in range(first - 2, first - YEARS_OF_PROGRAM, -1))
        found = []
        for years in ((first, first - 1), *earlier):
            last = self._last_of(name, asked["student_number"].unique(), years, sources)
            found.append(asked.join(last, on="student_number", how="inner").drop("student_number"))
            asked = asked.join(last, on="student_number", how="anti")
            if asked.is_empty():
                break
        return pl.concat(found)

    def _last_of(self, name: str, numbers: pl.Series, years: tuple[int, ...], sources: Sources) -> pl.DataFrame:
        """Return `student_number` and the days of the enrollment that began last in these school years."""
        on_file = pl.concat(sources.tables.enrollments(numbers, SchoolYear(year)) for year in years)
        of_type = on_file.filter(pl.col("enrollment_type") == self.enrollment_type)
        # Of two that began on one day the one that has not ended, or ends later, as the follow-up list takes it.
        in_order = of_type.sort("entry_date", "exit_date", descending=True, nulls_last=False)
        days = (pl.col(field).alias(f"{name}.{field}") for field in self.gives)
        return in_order.unique("student_number", keep="first", maintain_order=True).select("student_number", *days)

    def example(self, columns: Mapping[str, Column]) -> Mapping[str, object]:  # noqa: ARG002 - the guide's student
        """Return an enrollment that began with the school year."""
        return {"entry_date": date(2020, 9, 1), "exit_date": None}
