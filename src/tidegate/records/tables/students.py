"""The students in the database: what they answer, and how they are exported and imported."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
from psycopg import sql

from tidegate.core.layouts.load_layout import load_layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.students import Students
from tidegate.core.reference.table import ReferenceFile, students_asked_for
from tidegate.records.new_numbers import lock_new_numbers
from tidegate.records.protected_records import take_out_protected
from tidegate.records.student_keys import as_integer, student_keys
from tidegate.records.write_versions import write_versions
from tidegate.reference.copy_rows import read_columns, stage, staged
from tidegate.reference.database_table import ImportedTable
from tidegate.reference.import_file import ImportFile, Merged, read_import_file
from tidegate.reference.read_reference_file import repeated

LAYOUT = load_layout(Path(__file__).parents[1] / "layouts" / "students.toml")
STAGED = "new_students"

_ADD_NUMBERS = """
INSERT INTO records_student (number) SELECT number FROM new_students ORDER BY number ON CONFLICT DO NOTHING
"""
_DIFFERING = """
SELECT new.row, old.id AS replaces, old.brought_by AS began_with, false AS ends,
    new.number, COALESCE(new.last_name, '') AS last_name,
    COALESCE(new.first_name, '') AS first_name, COALESCE(new.middle_name, '') AS middle_name,
    COALESCE(old.suffix, '') AS suffix, new.date_of_birth, COALESCE(new.gender, '') AS gender
FROM new_students new
LEFT JOIN records_studentversion old ON old.student_id = new.number AND old.replaced_at IS NULL
WHERE old.id IS NULL OR (old.last_name, old.first_name, old.middle_name, old.date_of_birth, old.gender)
    IS DISTINCT FROM (COALESCE(new.last_name, ''), COALESCE(new.first_name, ''), COALESCE(new.middle_name, ''),
        new.date_of_birth, COALESCE(new.gender, ''))
"""
_PROTECTED = f"""
SELECT row, began_with AS changed_with, NULL AS closed_year FROM ({_DIFFERING}) differing
"""
_COLUMNS = {
    "student_id": "number",
    "last_name": "last_name",
    "first_name": "first_name",
    "middle_name": "middle_name",
    "suffix": "suffix",
    "date_of_birth": "date_of_birth",
    "gender": "gender",
}

_KNOWN = sql.SQL("SELECT {} FROM records_student JOIN {} USING (number)")
_NAMED = sql.SQL("""
    SELECT known.student_id, known.last_name, known.first_name, known.date_of_birth
    FROM records_studentversion known JOIN {} named
      ON known.date_of_birth = named.date_of_birth
     AND records_fold(known.last_name) = records_fold(named.last_name)
     AND records_fold(known.first_name) = records_fold(named.first_name)
    WHERE known.replaced_at IS NULL
""")
_EXPORT = sql.SQL("""
    SELECT number, NULLIF(last_name, ''), NULLIF(first_name, ''), NULLIF(middle_name, ''), date_of_birth,
        NULLIF(gender, '')
    FROM records_student LEFT JOIN records_studentversion ON student_id = number AND replaced_at IS NULL
    ORDER BY number COLLATE "C"
""")


class StudentsInDatabase(ImportedTable, Students):
    """Answers from the students on file."""

    def known(self, numbers: pl.Series) -> pl.DataFrame:
        """Return the known ones of these numbers; all that were locked are known."""
        if self.locked.numbers is not None:
            return self.locked.numbers.join(students_asked_for(numbers), on="student_number", how="semi")
        with staged("file_students", student_keys(numbers)):
            return read_columns(_KNOWN.format(as_integer("number"), sql.Identifier("file_students")), self.schema)

    def everybody(self) -> pl.Series | None:
        """Return the numbers of all students that the file names, and of others that are locked
        with them; None if they are not locked."""
        return None if self.locked.numbers is None else self.locked.numbers["student_number"]

    def named(self, names: pl.DataFrame) -> pl.DataFrame:
        """Return the students of these names and birth dates, and some whose names differ in letters that are not
        Latin. Where students are locked, nobody else makes new numbers until the transaction ends."""
        if self.locked.is_locking:
            lock_new_numbers()
        with staged("file_people", names):
            return read_columns(_NAMED.format(sql.Identifier("file_people")), self.schema_of_named).unique()

    @classmethod
    def export(cls, school_year: SchoolYear | None) -> Iterator[tuple[ReferenceFile, sql.Composable]]:  # noqa: ARG003
        """Yield the one file, the same in every year."""
        yield cls.file, _EXPORT

    @classmethod
    def read(cls, folder: Path) -> list[ImportFile]:
        """Return students.csv."""
        return [read_students(folder)]

    @classmethod
    def check(cls, file: ImportFile) -> None:
        """Stage the file: enrollments are checked against it."""
        stage(STAGED, file.rows)

    @classmethod
    def compare(cls, file: ImportFile) -> None:
        """Take out the students whose names an upload or a correction has brought."""
        take_out_protected(file, staged=STAGED, differing=_PROTECTED)

    @classmethod
    def merge(cls, file: ImportFile) -> Merged:
        """Write versions of the students that are new or differ."""
        return write_versions(
            "records_studentversion",
            file=file,
            before=_ADD_NUMBERS,
            differing=_DIFFERING,
            columns=_COLUMNS,
        )


def read_students(folder: Path) -> ImportFile:
    """Return the folder's students, with the problems of the file."""
    file, values = read_import_file(folder, Students.file, LAYOUT)
    file.rows = values.rename(
        {
            "StateStudentID": "number",
            "LastName": "last_name",
            "FirstName": "first_name",
            "MiddleName": "middle_name",
            "DateOfBirth": "date_of_birth",
            "Gender": "gender",
        }
    )
    sentence = "StateStudentID is in an earlier row"
    file.problems += repeated(file.rows, ["number"], file_name=file.file_name, sentence=sentence)
    return file
