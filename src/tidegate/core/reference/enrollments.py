"""The reference table of enrollments."""

from concurrent.futures import Future
from typing import ClassVar

import polars as pl

from tidegate.core.layouts.identifiers import StudentSchema
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.organizations import OrganizationKeys
from tidegate.core.reference.table import (
    FolderFiles,
    FolderTable,
    ReferenceFile,
    ReferenceTable,
    day,
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
# A question about so many students is one of a large file, which asks about most of them.
_MIN_STUDENTS_TO_READ_ALL = 10_000
# A question about so many local numbers is one of a large file; of so many in a state 12 MB are kept.
_MIN_LOCAL_NUMBERS_TO_KEEP_ALL = 100
_MOST_LOCAL_NUMBERS_KEPT = 500_000
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
        self._by_year: dict[SchoolYear, Future[pl.DataFrame]] = {}
        self._local_by_year: dict[SchoolYear, pl.DataFrame] = {}

    def expect(self, school_year: SchoolYear) -> None:
        """Begin to read the file. An error is raised only when enrollments are asked for."""
        self._in_year(school_year)

    def of_students(self, numbers: pl.Series, school_year: SchoolYear) -> pl.DataFrame:
        """Return these students' enrollments in the school year."""
        in_year, asked = self._in_year(school_year).result(), students_asked_for(numbers)
        if "SAUID" in in_year.columns and numbers.len() < _MIN_STUDENTS_TO_READ_ALL:
            return self._with_values(in_year.join(asked, on="student_number", how="semi"))
        if "SAUID" in in_year.columns:
            # Values need a third of the memory of texts, and a large file asks for most of them.
            in_year = self._with_values(in_year)
            self._by_year[school_year] = _done(in_year)
        return in_year.join(asked, on="student_number", how="semi")

    def _with_values(self, table: pl.DataFrame) -> pl.DataFrame:
        keys = OrganizationKeys.of_folder(self.folder)
        return table.select(
            "student_number",
            keys.of("SAUID").alias("sau_id"),
            keys.of("SchoolID").alias("school_id"),
            read_once(table["EnrollmentType"], _enrollment_type).alias("enrollment_type"),
            read_once(table["EntryDate"], day).alias("entry_date"),
            read_once(table["ExitDate"], day).alias("exit_date"),
        )

    def of_local_numbers(self, local: pl.DataFrame, school_year: SchoolYear) -> pl.DataFrame:
        """Return whose local numbers these are."""
        asked = local.select("school_student_id").unique()
        if local.height < _MIN_LOCAL_NUMBERS_TO_KEEP_ALL and school_year not in self._local_by_year:
            table = self._with_local_numbers()
            found = self._local_numbers(
                table.join(asked, left_on="SchoolStudentID", right_on="school_student_id", how="semi"), school_year
            )
        else:
            # Both columns at once would be written as one key for every enrollment of the state.
            found = self._all_local_numbers(school_year).join(asked, on="school_student_id", how="semi")
        return found.join(local, on=["sau_id", "school_student_id"], how="semi").unique()

    def _all_local_numbers(self, school_year: SchoolYear) -> pl.DataFrame:
        """Return all local numbers of a year. Of all but the largest states they are kept: a large file asks in every
        slice, and to read them each time took a tenth of its check."""
        if school_year in self._local_by_year:
            return self._local_by_year[school_year]
        found = self._local_numbers(self._with_local_numbers(), school_year)
        if found.height <= _MOST_LOCAL_NUMBERS_KEPT:
            self._local_by_year[school_year] = found
        return found

    def _with_local_numbers(self) -> pl.DataFrame:
        return self.folder.read(self.file, ["SchoolYear", "SAUID", "StateStudentID", "SchoolStudentID"])

    def _local_numbers(self, table: pl.DataFrame, school_year: SchoolYear) -> pl.DataFrame:
        """Return the local numbers of a year in rows of the file, shaped as `schema_of_local`."""
        keys = OrganizationKeys.of_folder(self.folder)
        found = table.filter(read_once(table["SchoolYear"], first_year) == school_year.first).select(
            student_number("StateStudentID"),
            keys.of("SAUID").alias("sau_id"),
            pl.col("SchoolStudentID").alias("school_student_id"),
        )
        return found.drop_nulls().cast(self.schema_of_local)

    def _in_year(self, school_year: SchoolYear) -> "Future[pl.DataFrame]":
        if school_year not in self._by_year:
            self._by_year[school_year] = self.folder.in_background(self._read, school_year)
        return self._by_year[school_year]

    def _read(self, school_year: SchoolYear) -> pl.DataFrame:
        """Return the texts of all enrollments in the school year, and the student's number.

        The other texts are read only for the students that are asked for.
        """
        table = self.folder.read(self.file, _COLUMNS)
        table = table.filter(read_once(table["SchoolYear"], first_year) == school_year.first)
        table = table.with_columns(student_number("StateStudentID")).drop_nulls("student_number")
        return table.drop("SchoolYear", "StateStudentID")  # it stays in memory


def _done(table: pl.DataFrame) -> "Future[pl.DataFrame]":
    """Return a future that has its result."""
    future: Future[pl.DataFrame] = Future()
    future.set_result(table)
    return future


def _enrollment_type(text: pl.Expr) -> pl.Expr:
    """Return the enrollment type as it is stored, null if the text names none."""
    return text.str.to_uppercase().replace_strict(_TYPES, default=None, return_dtype=pl.String)
