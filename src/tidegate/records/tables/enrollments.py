"""The enrollments in the database: what they answer, and how they are exported and imported."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import polars as pl
from psycopg import sql

from tidegate.core.layouts.column_types import Day
from tidegate.core.layouts.layout import VALUE, Layout
from tidegate.core.layouts.load_layout import load_layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.layouts.state_package import present_state
from tidegate.core.reference.enrollments import Enrollments
from tidegate.core.reference.table import ReferenceFile
from tidegate.records.protected_records import take_out_protected
from tidegate.records.stored_lines import StoredLines, stored_lines
from tidegate.records.student_keys import as_integer, key_limits, student_keys
from tidegate.records.write_versions import write_versions
from tidegate.reference.copy_rows import raw_cursor, read_columns, stage, staged
from tidegate.reference.database_table import ImportedTable
from tidegate.reference.import_file import ImportFile, Merged, read_import_file
from tidegate.reference.organization_keys import identifier_of, key_or_unknown
from tidegate.reference.read_reference_file import names_column, read_first_year, repeated
from tidegate.reference.school_years import known_years, possible_years
from tidegate.reference.tables.organizations import keys_in_folder

LAYOUT = load_layout(Path(__file__).parents[1] / "layouts" / "enrollments.toml")
RESIDENT = "ResidentSAUID"
"""A column that the file may have in addition: the district in which the student lives."""
STAGED = "new_enrollments"
KEY = ["number", "school_year", "school_id", "enrollment_type", "entry_date"]

_NO_SAU = """
SELECT row FROM new_enrollments WHERE sau_id NOT IN (
    SELECT id FROM new_organizations WHERE kind = 'SAU' AND id IS NOT NULL
    UNION ALL
    SELECT id FROM reference_organization stored WHERE kind = 'SAU'
        AND NOT EXISTS (SELECT 1 FROM new_organizations new WHERE new.id = stored.id)
)
"""
_NO_RESIDENT_SAU = """
SELECT row FROM new_enrollments WHERE resident_sau_id NOT IN (
    SELECT id FROM new_organizations WHERE kind = 'SAU' AND id IS NOT NULL
    UNION ALL
    SELECT id FROM reference_organization stored WHERE kind = 'SAU'
        AND NOT EXISTS (SELECT 1 FROM new_organizations new WHERE new.id = stored.id)
)
"""
_NO_SCHOOL = """
SELECT row FROM new_enrollments WHERE school_id NOT IN (
    SELECT id FROM new_organizations WHERE kind <> 'SAU' AND id IS NOT NULL
    UNION ALL
    SELECT id FROM reference_organization stored WHERE kind <> 'SAU'
        AND NOT EXISTS (SELECT 1 FROM new_organizations new WHERE new.id = stored.id)
)
"""
# What an earlier release has stored does not keep a folder from being imported that was exported since.
_ENTERED_IN_ANOTHER_YEAR = """
SELECT row FROM new_enrollments new
WHERE (entry_date < make_date(school_year, %(month)s, %(day)s)
        OR entry_date >= make_date(school_year + 1, %(month)s, %(day)s))
    AND NOT EXISTS (
        SELECT 1 FROM records_enrollment old WHERE old.replaced_at IS NULL
            AND (new.number, new.school_year, new.school_id, new.enrollment_type, new.entry_date)
                = (old.student_id, old.school_year_id, old.school_id, old.enrollment_type, old.entry_date)
    )
"""
# Nobody closes or reopens them until the import ends.
_LOCK_YEARS = """
SELECT first FROM reference_schoolyear WHERE first IN (SELECT school_year FROM new_enrollments) ORDER BY first FOR SHARE
"""
# In the order of their numbers, as uploads lock the students of a file: nobody can wait for each other in a circle.
_LOCK_STUDENTS = """
SELECT number FROM records_student
WHERE number IN (SELECT number FROM new_enrollments UNION SELECT number FROM new_students)
ORDER BY number FOR NO KEY UPDATE
"""
# Of primaries that overlap, the one that began later is to blame; a period is half open, so that a student may leave
# one school and enter another on the same day.
_OVERLAPPING = """
WITH primaries AS (
    SELECT row, number, school_year, entry_date, exit_date FROM new_enrollments
    WHERE enrollment_type = 'P' AND (exit_date IS NULL OR exit_date > entry_date)
    UNION ALL
    SELECT NULL, student_id, school_year_id, entry_date, exit_date FROM records_enrollment old
    WHERE enrollment_type = 'P' AND replaced_at IS NULL AND (exit_date IS NULL OR exit_date > entry_date)
        AND student_id IN (SELECT number FROM new_enrollments)
        AND NOT EXISTS (
            SELECT 1 FROM new_enrollments new
            WHERE (new.number, new.school_year, new.school_id, new.enrollment_type, new.entry_date)
                = (old.student_id, old.school_year_id, old.school_id, old.enrollment_type, old.entry_date)
        )
), beside AS (
    SELECT row, entry_date, exit_date,
        max(COALESCE(exit_date, 'infinity')) OVER (earlier ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ended,
        lead(entry_date) OVER earlier AS next_entry, lead(row) OVER earlier AS next_row
    FROM primaries WINDOW earlier AS (PARTITION BY number, school_year ORDER BY entry_date, row NULLS FIRST)
)
SELECT row FROM beside WHERE row IS NOT NULL
    AND (ended > entry_date OR (next_row IS NULL AND next_entry < COALESCE(exit_date, 'infinity')))
"""
_ADD_STUDENTS = """
WITH added AS (
    INSERT INTO records_student (number) SELECT DISTINCT number FROM new_enrollments ORDER BY number
    ON CONFLICT DO NOTHING RETURNING number
)
INSERT INTO records_studentversion
    (student_id, last_name, first_name, middle_name, suffix, gender, brought_by, brought_at)
SELECT number, '', '', '', '', '', %(change)s, %(at)s FROM added ORDER BY number
"""
_DIFFERING = """
SELECT new.row, old.id AS replaces, old.brought_by AS began_with,
    old.id IS NOT NULL AND old.exit_date IS NULL AND new.exit_date IS NOT NULL AS ends,
    new.number, new.school_year, new.sau_id, new.school_id,
    COALESCE(new.school_student_id, '') AS school_student_id, new.enrollment_type,
    COALESCE(new.grade_level, '') AS grade_level, new.entry_date, COALESCE(new.start_status, '') AS start_status,
    COALESCE(new.resident_sau_id, old.resident_sau_id) AS resident_sau_id,
    COALESCE(old.resident_town_code, '') AS resident_town_code,
    new.exit_date, COALESCE(new.exit_type, '') AS exit_type, COALESCE(old.comments, '') AS comments
FROM new_enrollments new LEFT JOIN records_enrollment old ON old.replaced_at IS NULL
    AND (new.number, new.school_year, new.school_id, new.enrollment_type, new.entry_date)
        = (old.student_id, old.school_year_id, old.school_id, old.enrollment_type, old.entry_date)
WHERE old.id IS NULL
    OR (old.sau_id, old.school_student_id, old.grade_level, old.start_status, old.exit_date, old.exit_type,
        old.resident_sau_id)
    IS DISTINCT FROM (new.sau_id, COALESCE(new.school_student_id, ''), COALESCE(new.grade_level, ''),
        COALESCE(new.start_status, ''), new.exit_date, COALESCE(new.exit_type, ''),
        COALESCE(new.resident_sau_id, old.resident_sau_id))
"""
# An enrollment that an upload has withdrawn, or moved to another day, is not on file: what ended it last is its change.
_PROTECTED = f"""
WITH differing AS ({_DIFFERING}), withdrawn AS (
    SELECT DISTINCT ON (new.row) new.row, old.replaced_by FROM differing new JOIN records_enrollment old
        ON (new.number, new.school_year, new.school_id, new.enrollment_type, new.entry_date)
            = (old.student_id, old.school_year_id, old.school_id, old.enrollment_type, old.entry_date)
    WHERE new.replaces IS NULL ORDER BY new.row, old.replaced_at DESC, old.id DESC
)
SELECT row, COALESCE(began_with, replaced_by) AS changed_with,
    CASE WHEN year.closed_at IS NOT NULL THEN year.name END AS closed_year
FROM differing LEFT JOIN withdrawn USING (row) LEFT JOIN reference_schoolyear year ON year.first = school_year
"""
_SAME_NAME = (
    "sau_id", "school_id", "school_student_id", "enrollment_type", "grade_level", "entry_date", "start_status",
    "resident_sau_id", "resident_town_code", "exit_date", "exit_type", "comments",
)  # fmt: skip
_COLUMNS = {"student_id": "number", "school_year_id": "school_year", **{name: name for name in _SAME_NAME}}

# Where the file's numbers lie close together, as those of one district do, limits let the database walk that part
# of the index once, instead of from its root for every student.
_OF_STUDENTS = sql.SQL("""
    SELECT {}, sau_id, school_id, enrollment_type, entry_date, exit_date
    FROM records_enrollment JOIN {} ON number = student_id
    WHERE school_year_id = {} AND replaced_at IS NULL AND student_id BETWEEN {} AND {}
""")
# The districts are named as a list, too: of a few the planner reads the index, and not every enrollment of the year.
_OF_LOCAL_NUMBERS = sql.SQL("""
    SELECT DISTINCT {}, sau_id, school_student_id
    FROM records_enrollment JOIN file_local_numbers USING (sau_id, school_student_id)
    WHERE school_year_id = {} AND replaced_at IS NULL AND sau_id = ANY({}::int[])
""")
_EXPORT = sql.SQL("""
    SELECT school_year_id || '-' || school_year_id + 1, {}, {}, student_id, NULLIF(school_student_id, ''),
        enrollment_type, NULLIF(grade_level, ''), entry_date, NULLIF(start_status, ''), exit_date, NULLIF(exit_type, '')
    FROM records_enrollment WHERE replaced_at IS NULL AND (school_year_id = {} OR {})
    ORDER BY school_year_id, student_id COLLATE "C", entry_date, enrollment_type COLLATE "C" DESC, school_id
""")


class EnrollmentsInDatabase(ImportedTable, Enrollments):
    """Answers from the enrollments on file."""

    def of_students(self, numbers: pl.Series, school_year: SchoolYear) -> pl.DataFrame:
        """Return these students' enrollments in the school year."""
        keys = student_keys(numbers)
        with staged("file_students", keys):
            asked = (as_integer("student_id"), sql.Identifier("file_students"), school_year.first, *key_limits(keys))
            return read_columns(_OF_STUDENTS.format(*asked), self.schema)

    def of_local_numbers(self, local: pl.DataFrame, school_year: SchoolYear) -> pl.DataFrame:
        """Return whose local numbers these are."""
        with staged("file_local_numbers", local.select("sau_id", "school_student_id")):
            districts = local["sau_id"].unique().to_list()
            asked = _OF_LOCAL_NUMBERS.format(as_integer("student_id"), school_year.first, districts)
            return read_columns(asked, self.schema_of_local)

    @classmethod
    def export(cls, school_year: SchoolYear | None) -> Iterator[tuple[ReferenceFile, sql.Composable]]:
        """Yield the one file."""
        organizations = identifier_of("sau_id"), identifier_of("school_id")
        yield cls.file, _EXPORT.format(*organizations, school_year.first if school_year else 0, school_year is None)

    @classmethod
    def read(cls, folder: Path) -> list[ImportFile]:
        """Return enrollments.csv."""
        return [read_enrollments(folder)]

    @classmethod
    def check(cls, file: ImportFile) -> None:
        """Stage the file, lock its school years and the folder's students, and note what does not fit together; the
        organizations and the students of the folder are staged already."""
        stage(STAGED, file.rows)
        with raw_cursor() as cursor:
            cursor.execute(_LOCK_YEARS)
            cursor.execute(_LOCK_STUDENTS)
        file.refuse(_NO_SAU, f"SAUID is not the ID of {present_state().word('a_sau')}")
        file.refuse(_NO_RESIDENT_SAU, f"{RESIDENT} is not the ID of {present_state().word('a_sau')}")
        file.refuse(_NO_SCHOOL, f"SchoolID is not the ID of a School or {present_state().word('kind_of_cte_school')}")
        file.refuse("SELECT row FROM new_enrollments WHERE exit_date < entry_date", "ExitDate is before EntryDate")
        if is_entered_within_year(stored_lines()):
            begins = SchoolYear(1).first_day  # its month and day are those of every year
            sentence = "EntryDate is not in the SchoolYear of the row"
            file.refuse(_ENTERED_IN_ANOTHER_YEAR, sentence, month=begins.month, day=begins.day)

    @classmethod
    def compare(cls, file: ImportFile) -> None:
        """Take out what may not be changed, and note which primaries overlap, also with what is stored."""
        take_out_protected(file, staged=STAGED, differing=_PROTECTED)
        if not file.problems:  # rows that are repeated or end before they begin would only be reported once more
            sentence = "The student has another {words.primary} enrollment at the same time"
            file.refuse(_OVERLAPPING, present_state().in_words(sentence))

    @classmethod
    def merge(cls, file: ImportFile) -> Merged:
        """Write versions of the enrollments that are new or differ. An enrolled student is a student, whatever
        students.csv says."""
        return write_versions(
            "records_enrollment",
            file=file,
            before=_ADD_STUDENTS,
            differing=_DIFFERING,
            columns=_COLUMNS,
        )


def is_entered_within_year(types: Iterable[StoredLines]) -> bool:
    """Whether the state's files have no entry date outside of the school year. What uploads store can be imported."""
    for lines in types:
        row = next((row for row, field in lines.fields.items() if lines.is_base and field.name == "entry_date"), "")
        column = lines.layout.columns.get(row.removesuffix(VALUE))
        if column is not None and isinstance(column.type, Day):
            return column.type.within_school_year
    return True


def read_enrollments(folder: Path) -> ImportFile:
    """Return the folder's enrollments, with the problems of the file."""
    has_resident = names_column(folder / Enrollments.file.file_name, RESIDENT)
    file, values = read_import_file(folder, Enrollments.file, _with_resident() if has_resident else LAYOUT)
    keys = keys_in_folder(folder)
    years = {*possible_years(), *known_years()}
    school_year, problems = read_first_year(values, "SchoolYear", file_name=file.file_name, among=years)
    file.rows = values.select(
        pl.col("row"),
        school_year.alias("school_year"),
        key_or_unknown(keys, "SAUID").alias("sau_id"),
        key_or_unknown(keys, "SchoolID").alias("school_id"),
        pl.col("StateStudentID").alias("number"),
        pl.col("SchoolStudentID").alias("school_student_id"),
        pl.col("EnrollmentType").alias("enrollment_type"),
        pl.col("GradeLevel").alias("grade_level"),
        pl.col("EntryDate").alias("entry_date"),
        pl.col("StartStatus").alias("start_status"),
        pl.col("ExitDate").alias("exit_date"),
        pl.col("ExitType").alias("exit_type"),
        (key_or_unknown(keys, RESIDENT) if has_resident else pl.lit(None, pl.Int32)).alias("resident_sau_id"),
    )
    sentence = "Student, school, school year, EnrollmentType and EntryDate are in an earlier row"
    file.problems += [*problems, *repeated(file.rows, KEY, file_name=file.file_name, sentence=sentence)]
    return file


def _with_resident() -> Layout:
    """Return the layout of a file that says where students live, too."""
    district = LAYOUT.columns["SAUID"]
    column = msgspec.structs.replace(
        district,
        name=RESIDENT,
        required=False,
        description="Organization ID of the district in which the student lives.",
    )
    return msgspec.structs.replace(LAYOUT, columns={**LAYOUT.columns, RESIDENT: column})
