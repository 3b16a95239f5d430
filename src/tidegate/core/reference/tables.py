"""The stored tables that rows are judged against: their shapes, their CSV files and the way to ask for them."""

from dataclasses import dataclass
from typing import Protocol

import polars as pl

from tidegate.core.layouts.school_year import SchoolYear

SAU, SCHOOL, CTE_SCHOOL = "SAU", "School", "CTE School"
"""The kinds of organization, as `organizations.csv` writes them."""
PRIMARY, CONCURRENT = "P", "C"
"""The enrollment types, as they are stored."""
CTE_CODES = "cte_codes"
"""The name of the code list that CTE codes are looked up in."""


@dataclass(frozen=True)
class ReferenceFile:
    """One CSV of a reference folder: its file name and its header, in order."""

    file_name: str
    header: tuple[str, ...]


ORGANIZATIONS_FILE = ReferenceFile("organizations.csv", ("OrganizationID", "Name", "Kind", "ParentID", "LocalID"))
CTE_CODES_FILE = ReferenceFile("cte_codes.csv", ("Code", "Title", "FirstYear", "LastYear"))
STUDENTS_FILE = ReferenceFile(
    "students.csv", ("StateStudentID", "LastName", "FirstName", "MiddleName", "DateOfBirth", "Gender")
)
ENROLLMENTS_FILE = ReferenceFile(
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
NUMBER_REQUESTS_FILE = ReferenceFile(
    "number_requests.csv",
    (
        "SAUID",
        "SchoolStudentID",
        "LastName",
        "FirstName",
        "MiddleName",
        "Suffix",
        "DateOfBirth",
        "StateStudentID",
    ),
)
"""What was asked for with New State ID files, and the number that was given. A folder may do without it."""
TAUGHT_CODES_FILE = ReferenceFile("taught_codes.csv", ("SchoolYear", "SchoolID", "CTECode"))
"""Which CTE codes each school has reported, so that suggestions know its programs. A folder may do without it."""
CTE_RECORDS_FILE = ReferenceFile(
    "cte_records.csv",
    (
        "SchoolYear",
        "SAUID",
        "SchoolID",
        "StateStudentID",
        "SchoolStudentID",
        "CTECode",
        "StartDate",
        "EndDate",
        "CreditsEarned",
        "PostsecondaryCredits",
        "Upload",
    ),
)
"""The CTE records that are on file, so that a check knows which of them a file lacks. A folder may do without it."""
REFERENCE_FILES = (ORGANIZATIONS_FILE, CTE_CODES_FILE, STUDENTS_FILE, ENROLLMENTS_FILE)

ORGANIZATIONS = pl.Schema(
    {"id": pl.Int32, "name": pl.String, "kind": pl.String, "parent_id": pl.Int32, "local_id": pl.String}
)
CODES = pl.Schema({"code": pl.String, "title": pl.String, "first_year": pl.Int32, "last_year": pl.Int32})
STUDENTS = pl.Schema({"student_number": pl.UInt32})
PEOPLE = pl.Schema(
    {"student_number": pl.String, "last_name": pl.String, "first_name": pl.String, "date_of_birth": pl.Date}
)
NUMBER_REQUESTS = pl.Schema({"request_key": pl.String, "student_number": pl.String})
TAUGHT_CODES = pl.Schema({"school_id": pl.Int32, "code": pl.String})
ENROLLMENTS = pl.Schema(
    {
        "student_number": pl.UInt32,
        "sau_id": pl.Int32,
        "school_id": pl.Int32,
        "enrollment_type": pl.String,
        "entry_date": pl.Date,
        "exit_date": pl.Date,
    }
)

CTE_RECORDS = pl.Schema(
    {
        "student_number": pl.UInt32(),
        "sau_id": pl.Int32(),
        "school_id": pl.Int32(),
        "school_student_id": pl.String(),
        "cte_code": pl.String(),
        "start_date": pl.Date(),
        "end_date": pl.Date(),
        "credits_earned": pl.Decimal(12, 4),  # as values of a file are, so that equal ones are found to be equal
        "postsecondary_credits": pl.Decimal(12, 4),
        "upload_id": pl.Int64(),
    }
)
"""A CTE record that is on file; `upload_id` is the upload that brought it, null where it was none. A blank number in
the local SIS is an empty text."""


class ReferenceData(Protocol):
    """Answers what is stored, for the keys that stand in a file. Cost grows with the file, not with the state.

    A state student number, which has nine digits, is asked for and answered as an UInt32.
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

    def organizations(self) -> pl.DataFrame:
        """Return every SAU, school and CTE school, shaped as `ORGANIZATIONS`; a blank local ID is null."""
        ...

    def codes(self, list_name: str) -> pl.DataFrame:
        """Return a code list, shaped as `CODES`; years are the year that a school year begins in, null = open."""
        ...

    def taught_codes(self, school_ids: pl.Series, school_year: SchoolYear) -> pl.DataFrame:
        """Return the CTE codes that these schools have reported for the school year and the year before, shaped as
        `TAUGHT_CODES`, each once."""
        ...

    def expect_students(self, school_year: SchoolYear) -> None:
        """Begin with what takes its time: students and their enrollments in the school year will be asked for."""
        ...

    def everybody(self) -> pl.Series | None:
        """Return the state student numbers of all students whom the file may speak of, where these stand in memory
        anyway and asking for all of them at once costs less than slice by slice; None where they do not."""
        ...

    def students(self, numbers: pl.Series) -> pl.DataFrame:
        """Return those of the state student numbers that are known, shaped as `STUDENTS`, each once."""
        ...

    def people(self, named: pl.DataFrame) -> pl.DataFrame:
        """Return known students, shaped as `PEOPLE`: at least all whose folded names and birth date stand in `named`.

        `named` has `last_name` and `first_name`, folded, and `date_of_birth`. Some who differ may come along.
        """
        ...

    def number_requests(self, request_keys: pl.Series) -> pl.DataFrame:
        """Return those of the requests that have got a number, shaped as `NUMBER_REQUESTS`, each once."""
        ...

    def enrollments(self, numbers: pl.Series, school_year: SchoolYear) -> pl.DataFrame:
        """Return the current enrollments of these students in that school year, shaped as `ENROLLMENTS`."""
        ...

    def cte_records(self, numbers: pl.Series, school_year: SchoolYear, *, only_several: bool = False) -> pl.DataFrame:
        """Return the CTE records of these students that are on file in that school year, shaped as `CTE_RECORDS`; with
        `only_several` those alone of which a student has several for a school and code."""
        ...
