"""The reference folder: the stored tables as plain CSV, for a check with no database and no network."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

import polars as pl

from tidegate.core.errors import Refusal
from tidegate.core.frames.dictionary import StringDictionary
from tidegate.core.layouts.column_types import is_digits
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.fold_person import fold, request_key
from tidegate.core.reference.tables import (
    CODES,
    CTE_CODES,
    CTE_CODES_FILE,
    CTE_RECORDS,
    CTE_RECORDS_FILE,
    ENROLLMENTS,
    ENROLLMENTS_FILE,
    NUMBER_REQUESTS,
    NUMBER_REQUESTS_FILE,
    ORGANIZATIONS,
    ORGANIZATIONS_FILE,
    PEOPLE,
    STUDENTS_FILE,
    TAUGHT_CODES,
    TAUGHT_CODES_FILE,
    ReferenceFile,
)

_CHUNK = 1 << 22
_MANY = 50_000
"""So many texts are seldom different ones. Fewer are read faster than it takes to find out which are alike."""
_ENROLLMENT_COLUMNS = ("SchoolYear", "SAUID", "SchoolID", "StateStudentID", "EnrollmentType", "EntryDate", "ExitDate")
_ENROLLMENT_TYPES = {
    "P": "P", "PRIMARY": "P", "C": "C", "CONCURRENT": "C", "S": "C", "SECONDARY": "C", "PARTIAL": "C",
}  # fmt: skip


class ReferenceFolder:
    """Answers from a reference folder, as `tidegate export-reference` writes it. A file is read when it is needed."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; a Refusal where it is none."""
        if not folder.is_dir():
            raise Refusal(
                "The reference folder does not exist",
                fix="Name the folder that tidegate export-reference has written",
                code="REFERENCE_FOLDER",
            )
        self.folder = folder
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reference-folder")
        self._enrollments: dict[SchoolYear, Future[pl.DataFrame]] = {}
        self._cte_records: dict[SchoolYear, pl.DataFrame] = {}

    def _read(self, file: ReferenceFile, wanted: Sequence[str] = ()) -> pl.DataFrame:
        """Return a file's columns, or the wanted ones alone, as texts without surrounding spaces, blank as null."""
        path = self.folder / file.file_name
        if not path.is_file():
            raise Refusal(f"The reference folder has no {file.file_name}", code="REFERENCE_FOLDER")
        only = _only(wanted, path, file)
        try:
            table = pl.read_csv(path, infer_schema=False, glob=False, columns=only)
        except pl.exceptions.NoDataError:
            table = pl.DataFrame()
        except pl.exceptions.PolarsError as fault:
            message = f"{file.file_name} in the reference folder is not a CSV file"
            raise Refusal(message, code="REFERENCE_FOLDER") from fault
        table = table.rename({name: name.strip("\ufeff ") for name in table.columns})
        if missing := [name for name in only or file.header if name not in table.columns]:
            message = f"{file.file_name} in the reference folder lacks columns: {', '.join(missing)}"
            raise Refusal(message, code="REFERENCE_FOLDER")
        table = table.select(wanted or file.header)
        if _is_clean(path):
            return table
        text = pl.all().str.strip_chars()
        return table.select(pl.when(text != "").then(text).name.keep())

    @cached_property
    def _organizations(self) -> pl.DataFrame:
        return self._read(ORGANIZATIONS_FILE).select(
            pl.col("OrganizationID").cast(pl.Int32, strict=False).alias("id"),
            pl.col("Name").alias("name"),
            pl.col("Kind").alias("kind"),
            pl.col("ParentID").cast(pl.Int32, strict=False).alias("parent_id"),
            pl.col("LocalID").alias("local_id"),
        )

    def organizations(self) -> pl.DataFrame:
        """Return every organization of the folder, shaped as `ORGANIZATIONS`."""
        return self._organizations.select(ORGANIZATIONS.names())

    def codes(self, list_name: str) -> pl.DataFrame:
        """Return a code list, shaped as `CODES`; codes written as `="01.0000"` are taken out of their wrapping."""
        if list_name != CTE_CODES:
            raise Refusal("The reference folder has no such code list", code="REFERENCE_FOLDER")
        return self._read(CTE_CODES_FILE).select(
            pl.col("Code").str.strip_chars('="').alias("code"),
            pl.col("Title").fill_null("").alias("title"),
            _first_year(pl.col("FirstYear")).alias("first_year"),
            _first_year(pl.col("LastYear")).alias("last_year"),
        ).filter(pl.col("code").is_not_null()).select(CODES.names())  # fmt: skip

    def taught_codes(self, school_ids: pl.Series, school_year: SchoolYear) -> pl.DataFrame:
        """Return what these schools have reported in the two years, shaped as `TAUGHT_CODES`."""
        if not (self.folder / TAUGHT_CODES_FILE.file_name).is_file():
            return TAUGHT_CODES.to_frame()
        table = self._read(TAUGHT_CODES_FILE).select(
            pl.col("SchoolID").cast(pl.Int32, strict=False).alias("school_id"),
            pl.col("CTECode").alias("code"),
            _first_year(pl.col("SchoolYear")).alias("year"),
        )
        is_near = pl.col("year").is_between(school_year.first - 1, school_year.first)
        known = table.filter(is_near & pl.col("school_id").is_in(school_ids.implode()))
        return known.select(TAUGHT_CODES.names()).drop_nulls().unique()

    @property
    def is_locking(self) -> bool:
        """False: nobody else writes in a folder."""
        return False

    @property
    def is_bound_to_a_thread(self) -> bool:
        """False: files can be read from anywhere."""
        return False

    def note_students(self, numbers: pl.Series) -> None:
        """Do nothing."""

    def lock_noted(self) -> None:
        """Do nothing."""

    def expect_students(self, school_year: SchoolYear) -> None:
        """Begin to read the two large files. Where they cannot be read, that is said when they are asked for."""
        _ = self._students, self._enrollments_in(school_year)

    @cached_property
    def _students(self) -> Future[pl.DataFrame]:
        return self._thread.submit(self._read_students)

    def _read_students(self) -> pl.DataFrame:
        numbers = self._read(STUDENTS_FILE, ["StateStudentID"]).select(_number("StateStudentID"))
        known = numbers.to_series().drop_nulls()
        is_sorted = bool((known[1:] > known[:-1]).all())  # as the export has written them
        return (known if is_sorted else known.unique().sort()).to_frame()

    def everybody(self) -> pl.Series:
        """Return the numbers of all students: they stand in memory once one of them is asked for."""
        return self._students.result().to_series()

    def students(self, numbers: pl.Series) -> pl.DataFrame:
        """Return the known ones of these numbers, shaped as `STUDENTS`."""
        return self._students.result().join(_wanted(numbers), on="student_number", how="semi")

    def people(self, named: pl.DataFrame) -> pl.DataFrame:
        """Return the known students of these names and birth dates, shaped as `PEOPLE`."""
        known = self._read(STUDENTS_FILE).select(
            pl.col("StateStudentID").alias("student_number"),
            pl.col("LastName").alias("last_name"),
            pl.col("FirstName").alias("first_name"),
            _day(pl.col("DateOfBirth")).alias("date_of_birth"),
        )
        keys = [fold("last_name"), fold("first_name"), pl.col("date_of_birth")]
        return known.join(named, left_on=keys, right_on=keys, how="semi").select(PEOPLE.names())

    def number_requests(self, request_keys: pl.Series) -> pl.DataFrame:
        """Return those of the requests that have got a number, shaped as `NUMBER_REQUESTS`."""
        if not (self.folder / NUMBER_REQUESTS_FILE.file_name).is_file():
            return NUMBER_REQUESTS.to_frame()
        asked = self._read(NUMBER_REQUESTS_FILE).with_columns(_day(pl.col("DateOfBirth")))
        columns = [name for name in NUMBER_REQUESTS_FILE.header if name != "StateStudentID"]
        keyed = asked.select(
            request_key(columns).alias("request_key"), pl.col("StateStudentID").alias("student_number")
        )
        known = keyed.filter(pl.col("request_key").is_in(request_keys.implode())).drop_nulls()
        return known.unique("request_key").select(NUMBER_REQUESTS.names())

    def enrollments(self, numbers: pl.Series, school_year: SchoolYear) -> pl.DataFrame:
        """Return these students' enrollments in the school year, shaped as `ENROLLMENTS`."""
        table = self._enrollments_in(school_year).result().join(_wanted(numbers), on="student_number", how="semi")
        return table.select(
            "student_number",
            pl.col("SAUID").cast(pl.Int32, strict=False).alias("sau_id"),
            pl.col("SchoolID").cast(pl.Int32, strict=False).alias("school_id"),
            _once(table["EnrollmentType"], _enrollment_type).alias("enrollment_type"),
            _once(table["EntryDate"], _day).alias("entry_date"),
            _once(table["ExitDate"], _day).alias("exit_date"),
        ).select(ENROLLMENTS.names())  # fmt: skip

    def _enrollments_in(self, school_year: SchoolYear) -> Future[pl.DataFrame]:
        if school_year not in self._enrollments:
            self._enrollments[school_year] = self._thread.submit(self._read_enrollments, school_year)
        return self._enrollments[school_year]

    def _read_enrollments(self, school_year: SchoolYear) -> pl.DataFrame:
        """Return the texts of all enrollments in the school year, and the student's number: what they mean is found out
        for those alone that are asked for."""
        table = self._read(ENROLLMENTS_FILE, _ENROLLMENT_COLUMNS)
        table = table.filter(_once(table["SchoolYear"], _first_year) == school_year.first)
        table = table.with_columns(_number("StateStudentID")).drop_nulls("student_number")
        return table.drop("SchoolYear", "StateStudentID")  # it stays in memory

    def cte_records(self, numbers: pl.Series, school_year: SchoolYear, *, only_several: bool = False) -> pl.DataFrame:
        """Return these students' CTE records of the school year, shaped as `CTE_RECORDS`."""
        if not (self.folder / CTE_RECORDS_FILE.file_name).is_file():
            return CTE_RECORDS.to_frame()
        if school_year not in self._cte_records:
            self._cte_records[school_year] = self._read_cte_records(school_year)
        records = self._cte_records[school_year].join(_wanted(numbers), on="student_number", how="semi")
        is_one_of_several = pl.struct("student_number", "school_id", "cte_code").is_duplicated()
        return records.filter(is_one_of_several) if only_several else records

    def _read_cte_records(self, school_year: SchoolYear) -> pl.DataFrame:
        table = self._read(CTE_RECORDS_FILE)
        table = table.filter(pl.col("SchoolYear").str.starts_with(str(school_year.first)))
        records = table.lazy().select(
            _number("StateStudentID"),
            pl.col("SAUID").alias("sau_id"),
            pl.col("SchoolID").alias("school_id"),
            pl.col("SchoolStudentID").fill_null("").alias("school_student_id"),
            pl.col("CTECode").str.strip_chars('="').alias("cte_code"),
            _once_where_many(table["StartDate"], _day).alias("start_date"),
            _once_where_many(table["EndDate"], _day).alias("end_date"),
            pl.col("CreditsEarned").alias("credits_earned"),
            pl.col("PostsecondaryCredits").alias("postsecondary_credits"),
            pl.col("Upload").alias("upload_id"),
        )
        typed = records.cast(dict(CTE_RECORDS), strict=False)  # type: ignore[arg-type]
        return typed.drop_nulls("student_number").collect()


def _only(wanted: Sequence[str], path: Path, file: ReferenceFile) -> list[str] | None:
    """Return the wanted columns where the header has every column of the file to the letter, so that no others have to
    be read; None where all must be looked at."""
    with path.open("rb") as content:
        names = content.readline().decode("utf-8", "replace").rstrip("\r\n").split(",")
    return list(wanted) if wanted and set(file.header) <= set(names) else None


def _is_clean(path: Path) -> bool:
    """Whether no cell can have blanks around it or quotes: a large folder is read in half the time then."""
    with path.open("rb") as file:
        file.readline()
        while chunk := file.read(_CHUNK):
            if not chunk.isascii() or any(sign in chunk for sign in (b" ", b"\t", b'"')):
                return False
    return True


def _number(column: str) -> pl.Expr:
    """Return a state student number, null where the text is none: a number without its zeros is another one."""
    text = pl.col(column)
    is_whole = (text.str.len_bytes() == 9) & is_digits(text)
    return pl.when(is_whole).then(text.cast(pl.UInt32, strict=False)).alias("student_number")


def _wanted(numbers: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"student_number": numbers.cast(pl.UInt32)})


def _once(texts: pl.Series, read: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """Return what `read` makes of the texts, each different one of which is read once."""
    different = StringDictionary()
    numbers = different.numbers(texts)
    return different.texts().alias("text").to_frame().select(read(pl.col("text"))).to_series().gather(numbers)


def _once_where_many(texts: pl.Series, read: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """Return what `read` makes of the texts of a column, for their own table: of few texts it reads each."""
    return read(pl.col(texts.name)) if texts.len() < _MANY else pl.lit(_once(texts, read))


def _first_year(name: pl.Expr) -> pl.Expr:
    """Return the year that a school year written as `2020-2021` or `2020` begins in."""
    return name.str.slice(0, 4).cast(pl.Int32, strict=False)


def _enrollment_type(text: pl.Expr) -> pl.Expr:
    """Return the enrollment type as it is stored, null where the text names none."""
    return text.str.to_uppercase().replace_strict(_ENROLLMENT_TYPES, default=None, return_dtype=pl.String)


def _day(text: pl.Expr) -> pl.Expr:
    """Return a day written in one of the two forms that files may use."""
    return pl.coalesce(text.str.to_date("%Y-%m-%d", strict=False), text.str.to_date("%m/%d/%Y", strict=False))
