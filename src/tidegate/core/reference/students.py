"""The reference table of students."""

from concurrent.futures import Future
from functools import cached_property
from typing import ClassVar

import polars as pl

from tidegate.core.layouts.identifiers import StudentSchema
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.fold_person import fold
from tidegate.core.reference.table import (
    FolderTable,
    ReferenceFile,
    ReferenceTable,
    day,
    student_number,
    students_asked_for,
)


class Students(ReferenceTable):
    """The students who have a state student number, with names and birth date."""

    name = "students"
    order = 30
    file = ReferenceFile(
        "students.csv", ("StateStudentID", "LastName", "FirstName", "MiddleName", "DateOfBirth", "Gender")
    )
    key = ("StateStudentID",)
    noun = ("student", "students")
    schema: ClassVar = StudentSchema({})
    schema_of_named: ClassVar = pl.Schema(
        {"student_number": pl.String, "last_name": pl.String, "first_name": pl.String, "date_of_birth": pl.Date}
    )
    """The columns of the answer to `named`."""

    def known(self, numbers: pl.Series) -> pl.DataFrame:
        """Return those of the state student numbers that a student has, each once."""
        raise NotImplementedError

    def everybody(self) -> pl.Series | None:
        """Return the state student numbers of all students that the file may name, if they are
        in memory: asking for all of them at once then costs less than slice by slice. Else None."""
        raise NotImplementedError

    def named(self, names: pl.DataFrame) -> pl.DataFrame:
        """Return known students with these names and birth dates, shaped as `schema_of_named`.

        The answer may have further students. `names` has `last_name` and `first_name`, folded, and
        `date_of_birth`.
        """
        raise NotImplementedError


class StudentsInFolder(FolderTable, Students):
    """Answers from a reference folder."""

    def expect(self, school_year: SchoolYear) -> None:  # noqa: ARG002 - students are those of all years
        """Begin to read the file. An error is raised only when students are asked for."""
        _ = self._numbers

    @cached_property
    def _numbers(self) -> "Future[pl.DataFrame]":
        return self.folder.in_background(self._parsed_numbers)

    def _parsed_numbers(self) -> pl.DataFrame:
        return self.folder.parsed("student_numbers", [self.file], self._read_numbers).collect()

    def _read_numbers(self) -> pl.DataFrame:
        numbers = self.folder.read(self.file, ["StateStudentID"]).select(student_number("StateStudentID"))
        known = numbers.to_series().drop_nulls()
        is_sorted = bool((known[1:] > known[:-1]).all())  # the export writes them sorted
        return (known if is_sorted else known.unique().sort()).to_frame()

    def known(self, numbers: pl.Series) -> pl.DataFrame:
        """Return the known ones of these numbers, in order."""
        everybody, asked = self.everybody(), students_asked_for(numbers).to_series().drop_nulls().unique().sort()
        if everybody.is_empty():
            return everybody.to_frame()
        # a join would look at everybody, however few are asked for
        positions = everybody.search_sorted(asked).clip(upper_bound=everybody.len() - 1)
        return asked.filter(everybody.gather(positions) == asked).to_frame()

    def everybody(self) -> pl.Series:
        """Return the numbers of all students: they are in memory once one of them is asked for."""
        return self._numbers.result().to_series()

    def named(self, names: pl.DataFrame) -> pl.DataFrame:
        """Return the known students of these names and birth dates."""
        known = self.folder.read(self.file).select(
            pl.col("StateStudentID").alias("student_number"),
            pl.col("LastName").alias("last_name"),
            pl.col("FirstName").alias("first_name"),
            day(pl.col("DateOfBirth")).alias("date_of_birth"),
        )
        keys = [fold("last_name"), fold("first_name"), pl.col("date_of_birth")]
        return known.join(names, left_on=keys, right_on=keys, how="semi")
