"""A small invented state, written into a folder: its student numbers and organization IDs are as a test wants them."""

from pathlib import Path

FILES = {
    "__init__.py": '"""Sampleland, which does not exist."""\n',
    "apps.py": '''"""The Django app of Sampleland."""

from django.apps import AppConfig


class SamplelandConfig(AppConfig):
    """What Sampleland stores: nothing of its own."""

    name = "sampleland"
    label = "sampleland"
''',
    "models.py": "",
    "migrations/__init__.py": "",
    "file_types/__init__.py": "",
    "file_types/attendance/__init__.py": "",
    "file_types/attendance/guide.md": "One line per pupil.\n",
    "file_types/attendance/rules/__init__.py": "",
    "file_types/attendance/rules/smp301_pupil_elsewhere.py": '''"""SMP301: a pupil has two lines."""

import polars as pl

from tidegate.core.rules.rule import FileRule

_PUPIL = "PupilNumber:value"


class PupilElsewhere(FileRule):
    """A pupil has two lines.

    What it checks: A pupil has one line, in the file and on file.

    How to fix it: Leave one of the lines out.
    """

    code = "SMP301"
    message = "The pupil has another line"
    columns = ("PupilNumber",)
    needs = (_PUPIL,)
    partition_by = (_PUPIL,)
    good = ({"rows": [{}]},)
    bad = ({"rows": [{}, {}]},)

    def broken(self) -> pl.Expr:
        """True where the pupil has several lines."""
        return pl.len().over(_PUPIL) > 1
''',
    "file_types/attendance/load.py": '''"""Loads the lines as enrollments."""

from tidegate.records.models import Enrollment

RECORDS = Enrollment
LOADS = ("district.id", "school.id")

_ADD = """
INSERT INTO records_enrollment (student_id, school_year_id, sau_id, school_id, school_student_id, enrollment_type,
    grade_level, entry_date, start_status, resident_town_code, exit_type, comments, brought_by, brought_at)
SELECT "PupilNumber", %(year)s, "district.id", "school.id", '', "EnrollmentType", '', "EntryDate", '', '', '', '',
    %(upload)s, %(at)s
FROM {staged} file WHERE NOT EXISTS (
    SELECT FROM records_enrollment old
    WHERE old.replaced_at IS NULL AND (old.student_id, old.school_year_id, old.school_id, old.entry_date)
        = (file."PupilNumber", %(year)s, file."school.id", file."EntryDate")
)
"""


def load(cursor, staged, *, upload_id, school_year, at):
    """Add the enrollments that are not on file."""
    cursor.execute(_ADD.format(staged=staged), {"year": school_year.first, "upload": upload_id, "at": at})
    added = cursor.rowcount
    cursor.execute(f"SELECT count(*) FROM {staged}")
    return added, 0, cursor.fetchone()[0] - added
''',
}
STATE = """
name = "Sampleland"
short_name = "SL"
words = {{ sau = "SAU" }}

[student_numbers]
min_digits = {fewest}
max_digits = {most}

[organization_ids]
form = "{form}"
max_length = {length}

[school_years]
begins = "07-01"
first = 2000
years_ahead = 10
"""
LAYOUT = """
name = "Attendance"
title = "Attendance"
log_title = "Attendance Error Log"
area = "SMP"
order = 1
summary = "Where each pupil is enrolled."

[identity]
sau_id = "District"
school_id = "School"
student_number = "PupilNumber"

[columns.District]
of = {{ type = "organization_id" }}
description = "The district."
example = "{district}"

[columns.School]
of = {{ type = "text", max_length = 14 }}
description = "The school."
example = "{school}"

[columns.PupilNumber]
of = {{ type = "student_number" }}
description = "The number of the pupil."
example = "{number}"

[columns.EnrollmentType]
of = {{ type = "choice", choices = {{ P = "Primary", C = "Concurrent" }} }}
description = "The type."
example = "P"

[columns.EntryDate]
of = {{ type = "date" }}
description = "The first day."
example = "2020-09-01"

[stored.district]
find = "organization"
by = "District"
label = "District"
kind = "SAU"

[stored.school]
find = "school"
by = "School"
label = "School"
within = "district"

[stored.pupil]
find = "student"
by = "PupilNumber"
label = "Pupil Number"

[beside]
student = "PupilNumber"
key = ["PupilNumber:value", "school.id", "EnrollmentType:value", "EntryDate:value"]
[beside.columns]
"PupilNumber:value" = "student_number"
"EnrollmentType:value" = "enrollment_type"
"EntryDate:value" = "entry_date"
"school.id" = "school_id"
"district.id" = "sau_id"
"""


def write_state(into: Path, *, digits: tuple[int, int], form: str = "digits", length: int = 4) -> Path:
    """Write the package of the state and return its folder.

    Args:
        into: The folder in which the package lies.
        digits: The fewest and the most digits of a student number.
        form: The form of organization IDs.
        length: The longest organization ID.
    """
    folder = into / "sampleland"
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    (folder / "state.toml").write_text(STATE.format(fewest=digits[0], most=digits[1], form=form, length=length))
    district, school = ("1000", "1001") if form == "digits" else ("AB-0012", "AB-0012-01")
    layout = LAYOUT.format(district=district, school=school, number="1".rjust(digits[1], "0"))
    (folder / "file_types" / "attendance" / "layout.toml").write_text(layout, encoding="utf-8")
    return folder
