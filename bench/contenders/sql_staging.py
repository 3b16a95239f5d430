"""Plain SQL in the database: the file COPYed into a staging table of texts, judged by queries, the good rows inserted.

It keeps which rows are bad, and no message; it compares nothing with what is stored.
"""

import os
from pathlib import Path

import psycopg

COLUMNS = "sau, school, number, local, code, start, ending, credits, post"
BAD = """
CREATE TEMPORARY TABLE bad AS
WITH typed AS (
    SELECT line.*, s.id AS sau_id, t.id AS school_id, c.code AS known,
           CASE WHEN pg_input_is_valid(start, 'date') THEN start::date END AS start_date,
           CASE WHEN pg_input_is_valid(ending, 'date') THEN ending::date END AS end_date,
           CASE WHEN pg_input_is_valid(credits, 'numeric') THEN credits::numeric END AS earned,
           CASE WHEN pg_input_is_valid(post, 'numeric') THEN post::numeric END AS post_earned
    FROM line
    LEFT JOIN reference_organization s ON s.id::text = sau
    LEFT JOIN reference_organization t ON t.id::text = school OR t.local_id = school
    LEFT JOIN reference_code c ON c.code = line.code
), judged AS (
    SELECT typed.*, sau_id IS NULL OR school_id IS NULL OR known IS NULL OR number !~ '^[0-9]{9}$'
           OR start_date IS NULL OR start_date NOT BETWEEN '2020-07-01' AND '2021-06-30'
           OR (ending <> '' AND (end_date IS NULL OR end_date > '2021-06-30' OR end_date < start_date))
           OR earned IS NULL OR earned < 0 OR earned >= 100 OR (post <> '' AND (post_earned IS NULL OR post_earned >= 100))
           OR length(local) > 10
           OR NOT EXISTS (SELECT FROM records_enrollment e WHERE e.student_id = number AND e.school_year_id = 2020
                          AND e.replaced_at IS NULL AND e.enrollment_type = 'P')
           OR NOT EXISTS (SELECT FROM records_enrollment e WHERE e.student_id = number AND e.school_year_id = 2020
                          AND e.replaced_at IS NULL AND e.enrollment_type = 'C' AND e.school_id = typed.school_id
                          AND e.entry_date <= start_date)
           OR NOT EXISTS (SELECT FROM records_enrollment e WHERE e.student_id = number AND e.school_year_id = 2020
                          AND e.replaced_at IS NULL AND e.sau_id = typed.sau_id) AS is_bad
    FROM typed
)
SELECT *, is_bad OR bool_or(is_bad AND known IS NOT NULL) OVER (PARTITION BY number, school, known) AND known IS NOT NULL AS is_out
FROM judged
"""
LOAD = """
INSERT INTO records_cterecord (student_id, school_year_id, sau_id, school_id, school_student_id, cte_code, start_date,
                               end_date, credits_earned, postsecondary_credits, brought_by, brought_at)
SELECT number, 2020, sau_id, school_id, local, code, start_date, end_date, earned, post_earned, 1, now()
FROM bad WHERE NOT is_out
"""


def run(file: Path, reference: Path) -> int:
    with psycopg.connect(os.environ["TIDEGATE_DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE line (row bigint GENERATED ALWAYS AS IDENTITY, sau text, school text, number text,"
            " local text, code text, start text, ending text, credits text, post text)"
        )
        order = f"COPY line ({COLUMNS}) FROM STDIN (FORMAT csv, HEADER, FORCE_NOT_NULL ({COLUMNS}))"
        with cursor.copy(order) as copy, file.open("rb") as rows:
            while piece := rows.read(1 << 20):
                copy.write(piece)
        cursor.execute("ANALYZE line")
        cursor.execute(BAD)
        cursor.execute(LOAD)
        cursor.execute("SELECT count(*) FROM bad WHERE is_out")
        return cursor.fetchone()[0]
