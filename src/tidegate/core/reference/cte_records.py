"""The reference table of CTE records."""

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
    read_once_where_many,
    student_number,
    students_asked_for,
    unwrapped_code,
)


class CteRecords(ReferenceTable):
    """The CTE records on file, so that a check knows which of them a file lacks.

    `Upload` is the upload that brought the record, blank where it was none.
    """

    name = "cte_records"
    order = 50
    file = ReferenceFile(
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
    key = ("SchoolYear", "StateStudentID", "SchoolID", "CTECode")
    noun = ("CTE record", "CTE records")
    is_optional = True
    schema: ClassVar = StudentSchema(
        {
            "sau_id": pl.Int32(),
            "school_id": pl.Int32(),
            "school_student_id": pl.String(),  # an empty text where it is blank
            "cte_code": pl.String(),
            "start_date": pl.Date(),
            "end_date": pl.Date(),
            "credits_earned": pl.Decimal(12, 4),  # as values of a file are, so that equal ones are found to be equal
            "postsecondary_credits": pl.Decimal(12, 4),
            "upload_id": pl.Int64(),
        }
    )

    def of_students(self, numbers: pl.Series, school_year: SchoolYear, *, only_several: bool = False) -> pl.DataFrame:
        """Return the CTE records of these students that are on file in that school year.

        With `only_several` a record is left out if it is the student's only one for a school and
        code.
        """
        raise NotImplementedError


class CteRecordsInFolder(FolderTable, CteRecords):
    """Answers from a reference folder."""

    def __init__(self, folder: FolderFiles) -> None:
        super().__init__(folder)
        self._by_year: dict[SchoolYear, pl.DataFrame] = {}

    def of_students(self, numbers: pl.Series, school_year: SchoolYear, *, only_several: bool = False) -> pl.DataFrame:
        """Return these students' CTE records of the school year."""
        if not self.folder.has(self.file):
            return self.schema.to_frame()
        if school_year not in self._by_year:
            self._by_year[school_year] = self._read(school_year)
        records = self._by_year[school_year].join(students_asked_for(numbers), on="student_number", how="semi")
        is_one_of_several = pl.struct("student_number", "school_id", "cte_code").is_duplicated()
        return records.filter(is_one_of_several) if only_several else records

    def _read(self, school_year: SchoolYear) -> pl.DataFrame:
        table, keys = self.folder.read(self.file), OrganizationKeys.of_folder(self.folder)
        table = table.filter(pl.col("SchoolYear").str.starts_with(str(school_year.first)))
        records = table.lazy().select(
            student_number("StateStudentID"),
            keys.of("SAUID").alias("sau_id"),
            keys.of("SchoolID").alias("school_id"),
            pl.col("SchoolStudentID").fill_null("").alias("school_student_id"),
            unwrapped_code(pl.col("CTECode")).alias("cte_code"),
            read_once_where_many(table["StartDate"], day).alias("start_date"),
            read_once_where_many(table["EndDate"], day).alias("end_date"),
            pl.col("CreditsEarned").alias("credits_earned"),
            pl.col("PostsecondaryCredits").alias("postsecondary_credits"),
            pl.col("Upload").alias("upload_id"),
        )
        typed = records.cast(dict(self.schema), strict=False)  # type: ignore[arg-type]
        return typed.drop_nulls("student_number").collect()
