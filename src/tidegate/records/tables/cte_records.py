"""The CTE records in the database: what they answer, and how they are exported."""

from collections.abc import Iterator

import polars as pl
from psycopg import sql

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.cte_records import CteRecords
from tidegate.core.reference.table import ReferenceFile, students_asked_for
from tidegate.records.student_keys import as_integer, key_limits, outermost_keys, student_keys
from tidegate.reference.copy_rows import read_columns, staged
from tidegate.reference.database_table import DatabaseTable
from tidegate.reference.organization_keys import identifier_of

_OF_STUDENTS = sql.SQL("""
    WITH record AS MATERIALIZED (
        SELECT student_id, sau_id, school_id, school_student_id, cte_code, start_date, end_date, credits_earned,
            postsecondary_credits, brought_by
        FROM records_cterecord JOIN (SELECT DISTINCT number FROM {students}) file ON number = student_id
        WHERE school_year_id = {year} AND replaced_at IS NULL AND student_id BETWEEN {lowest} AND {highest}
    ), wanted AS (
        SELECT student_id, school_id, cte_code FROM record GROUP BY student_id, school_id, cte_code
        HAVING count(*) >= {fewest}
    )
    SELECT {number}, sau_id, school_id, school_student_id, cte_code, start_date, end_date, credits_earned,
        postsecondary_credits, brought_by
    FROM record JOIN wanted USING (student_id, school_id, cte_code)
""")
_EXPORT = sql.SQL("""
    SELECT school_year_id || '-' || school_year_id + 1, {}, {}, student_id, NULLIF(school_student_id, ''),
        cte_code, start_date, end_date, credits_earned, postsecondary_credits, brought_by
    FROM records_cterecord WHERE replaced_at IS NULL AND (school_year_id = {} OR {})
    ORDER BY school_year_id, student_id COLLATE "C", school_id, cte_code COLLATE "C", start_date, id
""")


class CteRecordsInDatabase(DatabaseTable, CteRecords):
    """Answers from the CTE records on file. They are exported for `check` and never imported."""

    def of_students(self, numbers: pl.Series, school_year: SchoolYear, *, only_several: bool = False) -> pl.DataFrame:
        """Return these students' CTE records of the school year; with `only_several` only those of which a student has
        several for a school and code."""
        is_locked = self.locked.numbers is not None
        keys = outermost_keys(numbers) if is_locked else student_keys(numbers)
        lowest, highest = key_limits(keys)
        query = _OF_STUDENTS.format(
            students=sql.Identifier(self.locked.table if is_locked else "file_students"),
            number=as_integer("student_id"),
            year=school_year.first,
            lowest=lowest,
            highest=highest,
            fewest=2 if only_several else 1,
        )
        if not is_locked:
            with staged("file_students", keys):
                return read_columns(query, self.schema)
        return read_columns(query, self.schema).join(students_asked_for(numbers), on="student_number", how="semi")

    @classmethod
    def export(cls, school_year: SchoolYear | None) -> Iterator[tuple[ReferenceFile, sql.Composable]]:
        """Yield the one file."""
        organizations = identifier_of("sau_id"), identifier_of("school_id")
        yield cls.file, _EXPORT.format(*organizations, school_year.first if school_year else 0, school_year is None)
