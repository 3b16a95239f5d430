"""Loads CTE rows: the lines of a student for one CTE school and code are replaced by the file's, all or none.

Where the file has fewer lines of such a group than are on file, what is on file stays (decision 23).
"""

from datetime import datetime
from typing import Any

from django.db import IntegrityError

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.records.models import CteRecord

RECORDS = CteRecord

LOADS = ("sau.id", "school.id", "code.code")
"""The look-ups that are stored in addition to the columns' values."""

_COLUMNS = """student_id, sau_id, school_id, school_student_id, cte_code, start_date, end_date, credits_earned,
postsecondary_credits"""
_FILE_LINE = """
WITH file_line AS (
    SELECT "StateStudentID" AS student_id, "school.id" AS school_id, "code.code" AS cte_code, "sau.id" AS sau_id,
           coalesce("SchoolStudentID", '') AS school_student_id, "StartDate" AS start_date, "EndDate" AS end_date,
           "CreditsEarned"::numeric(4, 2) AS credits_earned,
           "PostsecondaryCredits"::numeric(4, 2) AS postsecondary_credits
    FROM {staged}
)
"""
_FIND_STORED = f"""
CREATE TEMPORARY TABLE cte_stored ON COMMIT DROP AS
{_FILE_LINE}
SELECT record.id, record.student_id, record.school_id, record.cte_code, record.sau_id, record.school_student_id,
       record.start_date, record.end_date, record.credits_earned, record.postsecondary_credits
FROM records_cterecord record
JOIN (SELECT DISTINCT student_id, school_id, cte_code FROM file_line) file_group USING (student_id, school_id, cte_code)
WHERE record.school_year_id = %(year)s AND record.replaced_at IS NULL
"""
# Two identical lines are legal and both count, so that lines are matched by their content and their number among
# equals. What the file has and the records have not is added; what the records have in the file's groups and the file
# has not is replaced, unless the file has fewer lines of the group (`stays`); what both have stays as it is, with its
# version. Groups without stored lines have no match.
_COMPARE = f"""
CREATE TEMPORARY TABLE cte_change ON COMMIT DROP AS
{_FILE_LINE}, stored_group AS (
    SELECT student_id, school_id, cte_code, stored_count > file_count AS stays
    FROM (SELECT student_id, school_id, cte_code, count(*) AS stored_count FROM cte_stored
          GROUP BY student_id, school_id, cte_code) stored
    JOIN (SELECT student_id, school_id, cte_code, count(*) AS file_count FROM file_line
          GROUP BY student_id, school_id, cte_code) file USING (student_id, school_id, cte_code)
), file_side AS (
    SELECT file_line.*, row_number() OVER (PARTITION BY file_line) AS ordinal, file_line::text AS content, stays
    FROM file_line JOIN stored_group USING (student_id, school_id, cte_code)
), stored_side AS (
    SELECT id, stays, content, row_number() OVER (PARTITION BY content) AS ordinal
    FROM (SELECT id, stays, ROW(student_id, school_id, cte_code, sau_id, school_student_id, start_date, end_date,
                         credits_earned, postsecondary_credits)::text AS content
          FROM cte_stored JOIN stored_group USING (student_id, school_id, cte_code)) line
)
SELECT stored_side.id, coalesce(stored_side.stays, file_side.stays) AS stays, {_COLUMNS}
FROM file_side FULL JOIN stored_side USING (content, ordinal)
"""
_REPLACE = """
UPDATE records_cterecord SET replaced_by = %(upload)s, replaced_at = %(at)s
WHERE id IN (SELECT id FROM cte_change WHERE id IS NOT NULL AND student_id IS NULL AND NOT stays)
"""
_ADD = f"""
{_FILE_LINE}
INSERT INTO records_cterecord ({_COLUMNS}, school_year_id, brought_by, brought_at)
SELECT {_COLUMNS}, %(year)s, %(upload)s, %(at)s FROM cte_change WHERE id IS NULL
UNION ALL
SELECT {_COLUMNS}, %(year)s, %(upload)s, %(at)s FROM file_line
WHERE NOT EXISTS (
    SELECT FROM cte_stored stored WHERE stored.student_id = file_line.student_id
    AND stored.school_id = file_line.school_id AND stored.cte_code = file_line.cte_code
)
"""
_KEPT_OUT = "SELECT count(*) FROM cte_change WHERE id IS NULL AND stays"
_UNCHANGED = "SELECT count(*) FROM cte_change WHERE id IS NOT NULL AND student_id IS NOT NULL"


def load(cursor: Any, staged: str, *, upload_id: int, school_year: SchoolYear, at: datetime) -> tuple[int, int, int]:
    """Move the staged rows into the records. Return how many lines were added, replaced and
    unchanged. IntegrityError where what is on file is not what the rows were checked against:
    they must be checked again."""
    message_values = {"year": school_year.first, "upload": upload_id, "at": at}
    cursor.execute("DROP TABLE IF EXISTS cte_stored, cte_change")
    cursor.execute(_FIND_STORED.format(staged=staged), message_values)
    cursor.execute("ANALYZE cte_stored")
    cursor.execute(_COMPARE.format(staged=staged), message_values)
    cursor.execute(_KEPT_OUT)
    if cursor.fetchone()[0]:  # the lock on the students should not let it come to this
        raise IntegrityError("Lines on file have changed since the file was judged")
    cursor.execute(_REPLACE, message_values)
    replaced = cursor.rowcount
    cursor.execute(_ADD.format(staged=staged), message_values)
    added = cursor.rowcount
    cursor.execute(_UNCHANGED)
    return added, replaced, cursor.fetchone()[0]
