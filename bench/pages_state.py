"""A grown state for the pages: students, enrollments, uploads, findings and events, made in the database itself."""

import os
import time
from pathlib import Path
from typing import NamedTuple

FILES = Path(__file__).parent / "files"
YEAR = 2025
LARGE, MIDDLE, USUAL = 1, 2, 3
"""SAUs: the first has 5 % of the students, the second 0.4 %, all others (this one, and so on) share the rest alike, but
for the last one, `Size.average`."""
AVERAGE_STUDENTS = 3_850
"""So many students has a district of the United States on average: 50 million in 13,000."""
BIG_TABLES = (
    "records_student", "records_studentversion", "records_enrollment", "records_cterecord", "uploads_finding",
    "audit_event",
)  # fmt: skip


class Size(NamedTuple):
    """How much there is of everything."""

    students: int
    saus: int
    uploads: int
    findings: int
    events: int
    held: int

    @property
    def average(self) -> int:
        """The SAU that has as many students as a district has on average, if the state is large enough."""
        return self.saus + 1

    @property
    def specialists(self) -> dict[str, int]:
        """Who looks at which SAU."""
        return {
            "specialist": USUAL,
            "specialist of the average SAU": self.average,
            "specialist of the middle SAU": MIDDLE,
            "specialist of the large SAU": LARGE,
        }

    @property
    def folder(self) -> Path:
        return FILES / f"pages_{self.students}"


_NAMES = """
CREATE UNLOGGED TABLE bench_names AS
SELECT k, initcap(
    (ARRAY['al','be','ca','da','ed','fa','ga','ha','in','jo','ka','la','ma','na','ol','pe','qui','ro','sa','ta'])[k % 20 + 1]
    || (ARRAY['b','br','ck','d','dd','f','g','l','ll','lm','m','n','nn','nd','p','r','rr','rn','s','st','t','tt','th','v','x'])[k / 20 % 25 + 1]
    || (ARRAY['er','ert','ey','in','ing','is','o','ock','on','ora','ow','um','y','a','am','an','ard','as','el','em','en','es','ie','il','ine','ino','or','os','ot','ova','sen','son','ton','well','wood','field','land','man','berg','ham'])[k / 500 % 40 + 1]
) AS name FROM generate_series(0, 19999) k
"""
# Some names are many people's. Who goes to which SAU hangs on no order of the numbers.
_STUDENTS = """
INSERT INTO records_student (number, public_id)
SELECT (100000000 + n)::text, lpad(to_hex(100000000 + n), 32, '0')::uuid FROM generate_series(0, {students} - 1) n;
CREATE UNLOGGED TABLE bench_students AS
SELECT n, (100000000 + n)::text AS number, floor(20000 * power(random(), 2))::int AS last,
    floor(1999 * power(random(), 2))::int AS first,
    CASE WHEN place < 0.05 THEN {large} WHEN place < 0.054 THEN {middle}
         WHEN place >= 1 - least({average_students} / {students}::numeric, 0.5 / {saus}) THEN {average}
         ELSE {usual} + floor((place - 0.054) / 0.946 * ({saus} - 2))::int END AS sau
FROM (SELECT n, random() AS place FROM generate_series(0, {students} - 1) n OFFSET 0) placed;
INSERT INTO records_studentversion (student_id, last_name, first_name, middle_name, suffix, date_of_birth, gender,
    brought_at, replaced_at)
SELECT number, l.name, f.name, '', '', date '2007-01-01' + n % 4000, CASE n % 2 WHEN 0 THEN 'F' ELSE 'M' END, now(), gone
FROM bench_students JOIN bench_names l ON l.k = last JOIN bench_names f ON f.k = first
CROSS JOIN LATERAL (SELECT NULL::timestamptz AS gone UNION ALL SELECT now() WHERE n % 20 = 0) versions;
"""
_ENROLLMENTS = """
INSERT INTO records_enrollment (student_id, school_year_id, sau_id, school_id, school_student_id, enrollment_type,
    grade_level, entry_date, start_status, resident_town_code, exit_date, exit_type, comments, brought_by, brought_at)
SELECT number, {year} - ago, sau, 3000 + sau * 2 - n % 2, '', 'P', '11', make_date({year} - ago, 9, 1), '02', '',
    CASE WHEN ago > 0 OR n % 30 = 0 THEN make_date({year} + 1 - ago, 1, 15) END,
    CASE WHEN ago > 0 OR n % 30 = 0 THEN '02' ELSE '' END, '', n % {uploads} + 1, now()
FROM bench_students JOIN LATERAL (SELECT 0 AS ago UNION ALL SELECT 1 WHERE n % 5 = 0) years ON true;
INSERT INTO records_enrollment (student_id, school_year_id, sau_id, school_id, school_student_id, enrollment_type,
    grade_level, entry_date, start_status, resident_town_code, exit_type, comments, brought_by, brought_at)
SELECT number, {year}, n / 20 % 15 + 6, 9001 + n / 20 % 15, '', 'C', '11', make_date({year}, 9, 1), '02', '', '', '',
    n % {uploads} + 1, now()
FROM bench_students WHERE n % 20 = 0;
INSERT INTO records_cterecord (student_id, school_year_id, sau_id, school_id, school_student_id, cte_code, start_date,
    credits_earned, brought_by, brought_at)
SELECT number, {year}, n / 20 % 15 + 6, 9001 + n / 20 % 15, '', '01.0205', make_date({year}, 9, 2), 1.5,
    n % {uploads} + 1, now()
FROM bench_students CROSS JOIN generate_series(1, 2) WHERE n % 20 = 0;
DROP TABLE bench_names, bench_students;
"""
_ORGANIZATIONS = """
INSERT INTO reference_schoolyear (first, name)
SELECT y, y || '-' || y + 1 FROM generate_series({year} - 5, {year}) y ON CONFLICT DO NOTHING;
INSERT INTO reference_organization (id, name, kind, local_id)
SELECT s, 'District ' || s, 'SAU', '' FROM generate_series(1, {saus} + 1) s;
INSERT INTO reference_organization (id, name, kind, parent_id, local_id)
SELECT 3000 + s * 2 - k, CASE k WHEN 0 THEN 'High' ELSE 'Middle' END || ' School ' || s, 'School', s, ''
FROM generate_series(1, {saus} + 1) s, generate_series(0, 1) k;
INSERT INTO reference_organization (id, name, kind, parent_id, local_id)
SELECT 9000 + k, 'Technical Center ' || k, 'CTE School', k + 5, '' FROM generate_series(1, 15) k;
INSERT INTO reference_code (list_name, code, title) SELECT 'cte_codes', lpad((k / 100)::text, 2, '0') || '.' ||
    lpad((k % 100 * 100 + 1)::text, 4, '0'), 'Program ' || k FROM generate_series(100, 600) k
    ON CONFLICT DO NOTHING;
"""
# A tenth of the uploads are the usual SAU's: a SAU that sends every hour. One in fifty could not be read.
_UPLOADS = """
INSERT INTO uploads_upload (file_type, file_name, organization_id, school_year_id, sent_by_id, sent_at, state,
    check_only, byte_count, sha256, stored_as, row_count, success_count, error_count, warning_count, notice_count,
    added_count, replaced_count, unchanged_count, started_at, finished_at, try_count, incident_id, column_places)
SELECT CASE WHEN u % 3 > 0 THEN 'cte' ELSE 'student_enrollment' END, 'file-' || u || '.csv',
    CASE WHEN u % 10 = 0 THEN {usual} WHEN u % 1000 = 1 THEN 3000 + {usual} * 2 ELSE u % {saus} + 1 END, {year},
    (SELECT min(id) FROM accounts_person), now() - ({uploads} - u) * interval '1 minute',
    CASE WHEN u % 50 = 0 THEN 'failed' ELSE 'finished' END, false, 900, repeat('ab', 32), '', counts.n, counts.n - 2,
    counts.n - counts.n + 2, 0, 0, 1, 1, 0, now(), now(), 1, '', '{{}}'
FROM generate_series(1, {uploads}) u CROSS JOIN LATERAL (SELECT CASE WHEN u % 50 > 0 THEN 5 END AS n) counts
"""
# The newest upload of the usual SAU has all the findings, one of another SAU as many; every failed one has one.
_FINDINGS = """
INSERT INTO uploads_finding (upload_id, row, "column", code, severity, value, message, sau_id, school_id,
    student_number, suggestions)
SELECT u, NULL, '', 'FILE002', 'error', '', 'The file is a PDF document, not a CSV or TXT file', '', '', '', ''
FROM generate_series(50, {uploads}, 50) u;
INSERT INTO uploads_finding (upload_id, row, "column", code, severity, value, message, sau_id, school_id,
    student_number, suggestions)
SELECT biggest.upload_id, 2 + n / 2, (ARRAY['CTECode','StateStudentID','SchoolID','StartDate','CTECode','CreditsEarned'])[k],
    (ARRAY['CTE403','CTE501','CELL401','CELL102','CTE301','CELL121'])[k],
    CASE k WHEN 6 THEN 'notice' ELSE 'error' END, '43',
    'Unable to resolve CTE Code "43" that stands in this row of the file', '{usual}', '3005', (100000000 + n)::text, ''
FROM (SELECT id AS upload_id FROM uploads_upload WHERE organization_id IN ({usual}, {large}) AND state = 'finished'
      ORDER BY organization_id <> {usual}, id DESC LIMIT 1) biggest
CROSS JOIN generate_series(0, {findings} - 1) n CROSS JOIN LATERAL (SELECT n % 6 + 1 AS k) kinds;
INSERT INTO uploads_finding (upload_id, row, "column", code, severity, value, message, sau_id, school_id,
    student_number, suggestions)
SELECT (n % ({uploads} / 50)) * 50 + 1, 2 + n, 'CTECode', 'CTE403', 'error', '43', 'Unable to resolve CTE Code "43"', '1',
    '9001', '100000000', ''
FROM generate_series(0, {findings} - 1) n;
INSERT INTO uploads_findingcount (upload_id, code, "column", severity, count, with_row_count)
SELECT upload_id, code, "column", severity, count(*), count(row) FROM uploads_finding GROUP BY 1, 2, 3, 4;
UPDATE uploads_upload SET row_count = {findings}, success_count = {findings} / 2, error_count = {findings} - {findings} / 2
WHERE id = (SELECT id FROM uploads_upload WHERE organization_id = {usual} AND state = 'finished' ORDER BY id DESC LIMIT 1);
"""
_EVENTS = """
INSERT INTO audit_event (at, act, person_id, person_email, organization_id, school_year, subject_kind, subject_id, details)
SELECT now() - ({events} - n) * interval '10 seconds',
    (ARRAY['student.viewed','students.viewed','upload.sent','upload.finished','upload.findings_viewed','focus.saved',
           'person.signed_in','upload.result_log_downloaded'])[n % 8 + 1],
    n % 3000, 'person' || n % 3000 || '@example.org', n % {saus} + 1, '{year}-{next}',
    CASE WHEN n % 8 IN (2, 3, 4, 7) THEN 'upload' ELSE '' END, CASE WHEN n % 8 IN (2, 3, 4, 7) THEN (n % {uploads})::text ELSE '' END,
    '{{"count": 50}}'
FROM generate_series(1, {events}) n;
INSERT INTO audit_event (at, act, person_email, organization_id, school_year, subject_kind, subject_id, details)
VALUES (now() - interval '30 days', 'upload.undone', 'rare@example.org', {usual}, '', 'upload', '7', '{{}}');
"""
_HELD = """
INSERT INTO records_numberrequest (request_key, sau_id, school_student_id, last_name, first_name, middle_name, suffix,
    date_of_birth, gender, grade_level, outcome, asked_by, asked_at)
SELECT 'key ' || n, {usual}, '', last_name, first_name, '', '', date_of_birth, 'F', '11', 'held', 1, now()
FROM (SELECT row_number() OVER () AS n, * FROM records_studentversion WHERE replaced_at IS NULL LIMIT {held}) known
"""


def make_state(size: Size) -> None:
    """Make the state, once, and set Django up on it. Indexes that no constraint needs are made at the end."""
    os.environ.update({"TIDEGATE_DATA_DIR": str(size.folder / "data"), "TIDEGATE_LOG_LEVEL": "ERROR"})
    from tidegate.cli.setup import set_up

    set_up()
    from django.core.management import call_command
    from django.db import connection

    done = size.folder / "is-made"
    if not done.exists():
        call_command("migrate", verbosity=0)
        _add_people(size)
        _fill(size)
        done.touch()
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '512MB'")
    call_command("migrate", verbosity=0)  # a state of an earlier version of the program


def _add_people(size: Size) -> None:
    from tidegate.accounts.models import Person

    for name in (*size.specialists, "administrator"):
        email = f"{name.replace(' ', '.').lower()}@example.org"
        Person.objects.create_user(email, "a long password", name=name.capitalize())


def _fill(size: Size) -> None:
    from django.db import connection

    numbers = size._asdict() | {"large": LARGE, "middle": MIDDLE, "usual": USUAL, "average": size.average}
    numbers |= {"average_students": AVERAGE_STUDENTS, "year": YEAR, "next": YEAR + 1}
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # what is made here refers to what is there
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute("SET work_mem = '512MB'")
        cursor.execute("SELECT setseed(0.5)")
        indexes = _drop_indexes(cursor)
        roster = "SELECT records_fill_roster()"  # what its triggers would have done
        for part in (_NAMES, _ORGANIZATIONS, _STUDENTS, _ENROLLMENTS, roster, _UPLOADS, _FINDINGS, _EVENTS, _HELD):
            _say_and_run(cursor, part.format(**numbers))
        for index in indexes:
            _say_and_run(cursor, index)
        _say_and_run(cursor, "VACUUM ANALYZE")
        cursor.execute("SET session_replication_role = origin")


def _drop_indexes(cursor) -> list[str]:
    """Drop the indexes of the large tables that no constraint stands on; return how to make them again. The exclusion
    constraint of the enrollments, which no page asks, is left out."""
    cursor.execute("ALTER TABLE records_enrollment DROP CONSTRAINT enrollment_one_primary_at_a_time")
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexname NOT IN"
        " (SELECT conname FROM pg_constraint)",
        [list(BIG_TABLES)],
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _, definition in found]


def _say_and_run(cursor, statement: str) -> None:
    begin = time.perf_counter()
    cursor.execute(statement)
    print(f"{time.perf_counter() - begin:7.1f} s  {' '.join(statement.split())[:90]}", flush=True)
