"""The reference table of enrollments."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import ClassVar

import polars as pl

from tidegate.core.layouts.identifiers import STUDENT_NUMBER, StudentSchema
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.organizations import OrganizationKeys, Organizations
from tidegate.core.reference.table import (
    FolderFiles,
    FolderTable,
    ReferenceFile,
    ReferenceTable,
    day,
    find_in,
    first_year,
    read_once,
    student_number,
    students_asked_for,
)

PRIMARY, CONCURRENT = "P", "C"
"""The enrollment types, as they are stored."""

_TYPES = {
    "P": PRIMARY, "PRIMARY": PRIMARY,
    "C": CONCURRENT, "CONCURRENT": CONCURRENT, "S": CONCURRENT, "SECONDARY": CONCURRENT, "PARTIAL": CONCURRENT,
}  # fmt: skip
_TYPE = pl.Enum([PRIMARY, CONCURRENT])
_DAYS = ("entry_date", "exit_date")
# The columns of the file of which an answer is made.
_COLUMNS = ("SchoolYear", "SAUID", "SchoolID", "StateStudentID", "EnrollmentType", "EntryDate", "ExitDate")


class Enrollments(ReferenceTable):
    """The enrollments on file of every school year: where a student was enrolled, and from when to when."""

    name = "enrollments"
    order = 40
    file = ReferenceFile(
        "enrollments.csv",
        (
            "SchoolYear",
            "SAUID",
            "SchoolID",
            "StateStudentID",
            "SchoolStudentID",
            "EnrollmentType",
            "GradeLevel",
            "EntryDate",
            "StartStatus",
            "ExitDate",
            "ExitType",
        ),
    )
    key = ("StateStudentID", "SchoolYear", "SchoolID", "EnrollmentType", "EntryDate")
    noun = ("enrollment", "enrollments")
    schema: ClassVar = StudentSchema(
        {
            "sau_id": pl.Int32,
            "school_id": pl.Int32,
            "enrollment_type": pl.String,
            "entry_date": pl.Date,
            "exit_date": pl.Date,
        }
    )

    schema_of_local: ClassVar = StudentSchema({"sau_id": pl.Int32, "school_student_id": pl.String})
    """The columns of the answer to `of_local_numbers`."""

    def of_students(self, numbers: pl.Series, school_year: SchoolYear) -> pl.DataFrame:
        """Return the enrollments of these students that are on file in that school year."""
        raise NotImplementedError

    def of_local_numbers(self, local: pl.DataFrame, school_year: SchoolYear) -> pl.DataFrame:
        """Return whose numbers in the local SIS these are, shaped as `schema_of_local`. `local` has `sau_id` and
        `school_student_id`, each pair once."""
        raise NotImplementedError


class EnrollmentsInFolder(FolderTable, Enrollments):
    """Answers from a reference folder."""

    def __init__(self, folder: FolderFiles) -> None:
        super().__init__(folder)
        self._by_year: dict[SchoolYear, Future[pl.LazyFrame]] = {}
        self._local_by_year: dict[SchoolYear, pl.LazyFrame] = {}

    def expect(self, school_year: SchoolYear) -> None:
        """Begin to read the file. An error is raised only when enrollments are asked for."""
        self._in_year(school_year)

    def of_students(self, numbers: pl.Series, school_year: SchoolYear) -> pl.DataFrame:
        """Return these students' enrollments in the school year."""
        asked = students_asked_for(numbers).to_series()
        found = find_in(self._in_year(school_year).result(), asked)
        return found.with_columns(pl.col(_DAYS).cast(pl.Int32)).cast(self.schema)

    def of_local_numbers(self, local: pl.DataFrame, school_year: SchoolYear) -> pl.DataFrame:
        """Return whose local numbers these are."""
        if school_year not in self._local_by_year:
            self._local_by_year[school_year] = self._parsed("local_numbers", self._read_local_numbers, school_year)
        # Both columns at once would be written as one key for every enrollment of the state.
        found = find_in(self._local_by_year[school_year], local["school_student_id"].unique())
        return found.cast(self.schema_of_local).join(local, on=["sau_id", "school_student_id"], how="semi").unique()

    def _in_year(self, school_year: SchoolYear) -> "Future[pl.LazyFrame]":
        if school_year not in self._by_year:
            read = self.folder.in_background(self._parsed, self.name, self._read, school_year)
            self._by_year[school_year] = read
        return self._by_year[school_year]

    def _parsed(self, name: str, parse: Callable[[SchoolYear], pl.DataFrame], school_year: SchoolYear) -> pl.LazyFrame:
        """Return what is parsed of the file, and of the organizations that it names, for a school year."""
        files = [self.file, Organizations.file]
        return self.folder.parsed(f"{name}-{school_year.first}", files, lambda: parse(school_year))

    def _read(self, school_year: SchoolYear) -> pl.DataFrame:
        """Return all enrollments in the school year, with the columns of `schema`: the type takes a byte."""
        table = self._texts(_COLUMNS, school_year)
        keys = OrganizationKeys.of_folder(self.folder)
        lines = table.select(
            STUDENT_NUMBER,
            keys.of("SAUID").alias("sau_id"),
            keys.of("SchoolID").alias("school_id"),
            read_once(table["EnrollmentType"], _enrollment_type).cast(_TYPE).alias("enrollment_type"),
            read_once(table["EntryDate"], day).alias("entry_date"),
            read_once(table["ExitDate"], day).alias("exit_date"),
        )
        return _in_few_bytes(lines, ["sau_id", "school_id", *_DAYS])

    def _read_local_numbers(self, school_year: SchoolYear) -> pl.DataFrame:
        """Return all local numbers in the school year, shaped as `schema_of_local`."""
        table = self._texts(("SchoolYear", "SAUID", "StateStudentID", "SchoolStudentID"), school_year)
        local = pl.col("SchoolStudentID").alias("school_student_id")
        sau_id = OrganizationKeys.of_folder(self.folder).of("SAUID").alias("sau_id")
        return _in_few_bytes(table.select(STUDENT_NUMBER, sau_id, local).drop_nulls(), ["sau_id"])

    def _texts(self, columns: Sequence[str], school_year: SchoolYear) -> pl.DataFrame:
        """Return columns of the lines of the file that are of the school year and name a student."""
        table = self.folder.read(self.file, columns)
        table = table.filter(read_once(table["SchoolYear"], first_year) == school_year.first)
        table = table.with_columns(student_number("StateStudentID")).drop_nulls(STUDENT_NUMBER)
        return table.drop("SchoolYear", "StateStudentID")


def _in_few_bytes(lines: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Return the lines with integers and days in as few bytes as they need: every process reads all of them."""
    return lines.with_columns(lines[name].to_physical().shrink_dtype() for name in columns)


def _enrollment_type(text: pl.Expr) -> pl.Expr:
    """Return the enrollment type as it is stored, null if the text names none."""
    return text.str.to_uppercase().replace_strict(_TYPES, default=None, return_dtype=pl.String)
