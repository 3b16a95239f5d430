"""Loads enrollments: student, school, type and entry date name one, and what differs becomes its next version."""

from datetime import datetime
from typing import Any

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.records.models import Enrollment

RECORDS = Enrollment
LOADS = ("sau.id", "school.id", "resident_sau.id")
"""The look-ups that are stored in addition to the columns' values."""

_COMPARE = """
CREATE TEMPORARY TABLE enrollment_change ON COMMIT DROP AS
WITH file_row AS (
    SELECT DISTINCT ON ("StateStudentID", "school.id", "EnrollmentType", "EntryDate")
           "StateStudentID" AS student_id, "school.id" AS school_id, "EnrollmentType" AS enrollment_type,
           "EntryDate" AS entry_date, "sau.id" AS sau_id, coalesce("SchoolStudentID", '') AS school_student_id,
           "GradeLevel" AS grade_level, "StartStatus" AS start_status, "resident_sau.id" AS resident_sau_id,
           coalesce("ResidentTownCode", '') AS resident_town_code, "ExitDate" AS exit_date,
           coalesce("ExitType", '') AS exit_type, coalesce("Comments", '') AS comments
    FROM {staged} ORDER BY "StateStudentID", "school.id", "EnrollmentType", "EntryDate", row
)
SELECT stored.id, file_row.*,
       (stored.sau_id, stored.school_student_id, stored.grade_level, stored.start_status, stored.resident_sau_id,
        stored.resident_town_code, stored.exit_date, stored.exit_type, stored.comments)
       IS NOT DISTINCT FROM
       (file_row.sau_id, file_row.school_student_id, file_row.grade_level, file_row.start_status,
        file_row.resident_sau_id, file_row.resident_town_code, file_row.exit_date, file_row.exit_type,
        file_row.comments) AS is_same
FROM file_row LEFT JOIN records_enrollment stored
  ON stored.student_id = file_row.student_id AND stored.school_id = file_row.school_id
 AND stored.enrollment_type = file_row.enrollment_type AND stored.entry_date = file_row.entry_date
 AND stored.school_year_id = %(year)s AND stored.replaced_at IS NULL
"""
# First everything that is replaced, then what is added: at no moment has a student two primary enrollments.
_REPLACE = """
UPDATE records_enrollment SET replaced_by = %(upload)s, replaced_at = %(at)s
WHERE id IN (SELECT id FROM enrollment_change WHERE id IS NOT NULL AND NOT is_same)
"""
_ADD = """
INSERT INTO records_enrollment (student_id, school_year_id, sau_id, school_id, school_student_id, enrollment_type,
                                grade_level, entry_date, start_status, resident_sau_id, resident_town_code, exit_date,
                                exit_type, comments, brought_by, brought_at)
SELECT student_id, %(year)s, sau_id, school_id, school_student_id, enrollment_type, grade_level, entry_date,
       start_status, resident_sau_id, resident_town_code, exit_date, exit_type, comments, %(upload)s, %(at)s
FROM enrollment_change WHERE id IS NULL OR NOT is_same
"""
_UNCHANGED = "SELECT count(*) FROM enrollment_change WHERE id IS NOT NULL AND is_same"


def load(cursor: Any, staged: str, *, upload_id: int, school_year: SchoolYear, at: datetime) -> tuple[int, int, int]:
    """Move the staged rows into the records. Return how many versions were added, replaced and unchanged."""
    message_values = {"year": school_year.first, "upload": upload_id, "at": at}
    cursor.execute("DROP TABLE IF EXISTS enrollment_change")
    cursor.execute(_COMPARE.format(staged=staged), message_values)
    cursor.execute(_REPLACE, message_values)
    replaced = cursor.rowcount
    cursor.execute(_ADD, message_values)
    added = cursor.rowcount
    cursor.execute(_UNCHANGED)
    return added, replaced, cursor.fetchone()[0]
