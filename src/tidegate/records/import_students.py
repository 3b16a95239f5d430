"""Imports students.csv: reads it, finds its problems, and brings versions of students where something differs."""

from pathlib import Path

from tidegate.core.layouts.load_layout import load_layout
from tidegate.core.reference.tables import STUDENTS_FILE
from tidegate.records.write_versions import write_versions
from tidegate.reference.copy_rows import stage
from tidegate.reference.import_file import ImportFile, Merged, read_import_file
from tidegate.reference.read_reference_file import repeated

LAYOUT = load_layout(Path(__file__).parent / "layouts" / "students.toml")
STAGED = "new_students"

_ADD_NUMBERS = """
INSERT INTO records_student (number) SELECT number FROM new_students ORDER BY number ON CONFLICT DO NOTHING
"""
_DIFFERING = """
SELECT old.id AS replaces, false AS ends, new.number, COALESCE(new.last_name, '') AS last_name,
    COALESCE(new.first_name, '') AS first_name, COALESCE(new.middle_name, '') AS middle_name,
    COALESCE(old.suffix, '') AS suffix, new.date_of_birth, COALESCE(new.gender, '') AS gender
FROM new_students new
LEFT JOIN records_studentversion old ON old.student_id = new.number AND old.replaced_at IS NULL
WHERE old.id IS NULL OR (old.last_name, old.first_name, old.middle_name, old.date_of_birth, old.gender)
    IS DISTINCT FROM (COALESCE(new.last_name, ''), COALESCE(new.first_name, ''), COALESCE(new.middle_name, ''),
        new.date_of_birth, COALESCE(new.gender, ''))
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


def read_students(folder: Path) -> ImportFile:
    """Return the folder's students, with the problems of the file."""
    file, values = read_import_file(folder, STUDENTS_FILE, LAYOUT)
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
    sentence = "StateStudentID stands in an earlier row"
    file.problems += repeated(file.rows, ["number"], file_name=file.file_name, sentence=sentence)
    return file


def stage_students(file: ImportFile) -> None:
    """Put the file's students where SQL can see them."""
    stage(STAGED, file.rows)


def merge_students(file: ImportFile) -> Merged:
    """Bring the students that are new or differ; a student that the file does not have stays as they are."""
    return write_versions(
        "records_studentversion",
        before=_ADD_NUMBERS,
        differing=_DIFFERING,
        columns=_COLUMNS,
        row_count=file.rows.height,
    )
