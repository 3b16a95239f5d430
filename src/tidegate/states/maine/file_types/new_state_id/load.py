"""Gives new students their numbers: one for each request, the same again where it was asked before."""

from datetime import datetime
from typing import Any

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.records.models import StudentVersion

RECORDS = StudentVersion
LOADS = ("sau.id", "person.request_key", "person.answer")
"""The look-ups that are stored in addition to the columns' values."""

# The numbers are drawn in the order of the rows. Rows that repeat a request of the same file are one request.
_ASK = """
CREATE TEMPORARY TABLE number_ask ON COMMIT DROP AS
WITH request AS (
    SELECT DISTINCT ON ("person.request_key") * FROM {staged}
    WHERE "person.answer" IS NULL ORDER BY "person.request_key", row
), in_order AS MATERIALIZED (SELECT * FROM request ORDER BY row)
SELECT *, records_next_number() AS number FROM in_order
"""
_ADD_NUMBERS = "INSERT INTO records_student (number) SELECT number FROM number_ask"
_ADD_VERSIONS = """
INSERT INTO records_studentversion (student_id, last_name, first_name, middle_name, suffix, date_of_birth, gender,
                                    brought_by, brought_at)
SELECT number, "LastName", "FirstName", coalesce("MiddleName", ''), coalesce("Suffix", ''), "DateOfBirth", "Gender",
       %(upload)s, %(at)s
FROM number_ask
"""
# One that was held before is answered now, where the known student has got another name or birth date since.
_KEEP_REQUESTS = """
INSERT INTO records_numberrequest (request_key, sau_id, school_student_id, last_name, first_name, middle_name, suffix,
                                   date_of_birth, gender, grade_level, outcome, student_id, asked_by, asked_at)
SELECT "person.request_key", "sau.id", coalesce("SchoolStudentID", ''), "LastName", "FirstName",
       coalesce("MiddleName", ''), coalesce("Suffix", ''), "DateOfBirth", "Gender", "GradeLevel", 'created', number,
       %(upload)s, %(at)s
FROM number_ask
ON CONFLICT (request_key) DO UPDATE
SET outcome = excluded.outcome, student_id = excluded.student_id, resolved_at = excluded.asked_at
"""
_ROWS = "SELECT count(*) FROM {staged}"


def load(cursor: Any, staged: str, *, upload_id: int, school_year: SchoolYear, at: datetime) -> tuple[int, int, int]:  # noqa: ARG001
    """Create the students of the staged rows. Return how many were created, 0, and how many rows had their number.

    Nobody else makes numbers meanwhile: the look-up of people has taken the lock (records/new_numbers.py).
    """
    cursor.execute("DROP TABLE IF EXISTS number_ask")
    cursor.execute(_ASK.format(staged=staged))
    cursor.execute(_ADD_NUMBERS)
    added = cursor.rowcount
    cursor.execute(_ADD_VERSIONS, {"upload": upload_id, "at": at})
    cursor.execute(_KEEP_REQUESTS, {"upload": upload_id, "at": at})
    cursor.execute(_ROWS.format(staged=staged))
    return added, 0, cursor.fetchone()[0] - added
