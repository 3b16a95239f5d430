"""A state of so many invented students of technical schools, with three years of lines and its snapshots.

The state is made in the database itself, once; the snapshots are taken as the command takes them.
"""

import os
import time
from datetime import date
from functools import partial
from pathlib import Path

from bench.snapshot_cost import cost_of

FILES = Path(__file__).parent / "files"
YEAR = 2025
SAUS, CENTERS, PROGRAMS = 270, 27, 120
SAU, CENTER = 5, 9_003
"""Whose specialists look at the pages: a sending SAU, and a technical school."""

_PLACES = """
INSERT INTO reference_schoolyear (first, name)
SELECT y, y || '-' || y + 1 FROM generate_series({year} - 2, {year}) y ON CONFLICT DO NOTHING;
INSERT INTO reference_organization (id, identifier, name, kind, local_id)
SELECT s, s, 'District ' || s, 'SAU', '' FROM generate_series(1, {saus}) s;
INSERT INTO reference_organization (id, identifier, name, kind, parent_id, local_id)
SELECT 3000 + s, 3000 + s, 'High School ' || s, 'School', s, '' FROM generate_series(1, {saus}) s;
INSERT INTO reference_organization (id, identifier, name, kind, parent_id, local_id)
SELECT 9000 + k, 9000 + k, 'Technical Center ' || k, 'CTE School', k * 9, '' FROM generate_series(1, {centers}) k;
INSERT INTO reference_code (list_name, code, title)
SELECT 'cte_codes', lpad((k % 40 + 1)::text, 2, '0') || '.' || lpad((k * 37 % 9000 + 100)::text, 4, '0'), 'Program ' || k
FROM generate_series(1, {programs}) k ON CONFLICT DO NOTHING;
"""
# Every student is at a technical school this year, in grade 9 to 12; every tenth has a second program, every fiftieth
# no line. Behind them are those who graduated last year, with lines of two years.
_PEOPLE = """
CREATE UNLOGGED TABLE bench_people AS
SELECT n, (100000000 + n)::text AS number, n % 4 AS above_nine, n >= {students} AS is_gone,
    1 + n * 7919::bigint % {saus} AS sau, 9001 + n * 104729::bigint % {centers} AS center
FROM generate_series(0, {students} * 11 / 10 - 1) n;
CREATE UNLOGGED TABLE bench_years AS
SELECT people.*, {year} - ago AS year, above_nine - ago + 9 + is_gone::int AS grade
FROM bench_people people, generate_series(0, 2) ago
WHERE CASE WHEN is_gone THEN ago > 0 ELSE ago <= above_nine END;
CREATE UNLOGGED TABLE bench_codes AS
SELECT row_number() OVER (ORDER BY code) - 1 AS k, code FROM reference_code WHERE list_name = 'cte_codes';
INSERT INTO records_student (number, public_id)
SELECT number, lpad(to_hex(100000000 + n), 32, '0')::uuid FROM bench_people;
INSERT INTO records_studentversion (student_id, last_name, first_name, middle_name, suffix, date_of_birth, gender,
    brought_at)
SELECT number, 'Family ' || n % 9973, 'Given ' || n % 997, '', '', date '2008-01-01' + n % 1400,
    CASE n % 2 WHEN 0 THEN 'F' ELSE 'M' END, now() - interval '1 day' FROM bench_people;
"""
_LINES = """
INSERT INTO records_enrollment (student_id, school_year_id, sau_id, school_id, school_student_id, enrollment_type,
    grade_level, entry_date, start_status, resident_town_code, exit_date, exit_type, comments, brought_at)
SELECT number, year, sau, 3000 + sau, '', 'P', lpad(grade::text, 2, '0'), make_date(year, 9, 1), '02', '',
    CASE WHEN grade = 12 OR year = {year} - 1 AND is_gone THEN make_date(year + 1, 6, 12) END,
    CASE WHEN grade = 12 OR year = {year} - 1 AND is_gone THEN CASE n % 9 WHEN 0 THEN '20' ELSE '15' END ELSE '' END,
    '', now() - interval '1 day' FROM bench_years;
INSERT INTO records_enrollment (student_id, school_year_id, sau_id, school_id, school_student_id, enrollment_type,
    grade_level, entry_date, start_status, resident_town_code, exit_type, comments, brought_at)
SELECT number, year, (center - 9000) * 9, center, '', 'C', lpad(grade::text, 2, '0'), make_date(year, 9, 1), '02', '',
    '', '', now() - interval '1 day' FROM bench_years WHERE year > {year} - 2;
INSERT INTO records_cterecord (student_id, school_year_id, sau_id, school_id, school_student_id, cte_code, start_date,
    credits_earned, postsecondary_credits, brought_at)
SELECT number, year, (center - 9000) * 9, center, '', code, make_date(year, 9, 2), (ARRAY[1, 0.5, 0])[(n + lines) % 3 + 1],
    CASE n % 3 WHEN 0 THEN 3 END, now() - interval '1 day'
FROM bench_years CROSS JOIN generate_series(0, 2) lines JOIN bench_codes ON k = (n * 31 + lines / 2) % {programs}
WHERE year > {year} - 2 - is_gone::int AND (lines < 2 OR n % 10 = 0) AND n % 50 > 0;
INSERT INTO maine_studentinformation (student_id, school_year_id, sau_id, last_name, first_name, date_of_birth, gender,
    race_ethnicity, english_learner, economically_disadvantaged, school_student_id, middle_name, disability_status,
    nontraditional_field, single_parent, out_of_workforce, homeless, foster_care, parent_on_active_duty, migratory,
    brought_at)
SELECT number, {year} - is_gone::int, sau, 'Family', 'Given', date '2008-01-01' + n % 1400,
    CASE n % 2 WHEN 0 THEN 'F' ELSE 'M' END, (ARRAY['WH7', 'BL7', 'AS7', 'HI7', ''])[n % 5 + 1],
    (ARRAY['Y', 'N', 'N', ''])[n % 4 + 1], (ARRAY['Y', 'N', 'N'])[n % 3 + 1],
    '', '', 'NONE', 'N', 'N', 'N', 'N', 'N', 'N', '', now() - interval '1 day' FROM bench_people;
INSERT INTO maine_cteoutcome (student_id, school_year_id, sau_id, school_id, cte_code, credential, work_based_learning,
    placement, school_student_id, brought_at)
SELECT number, {year}, (center - 9000) * 9, center, code, (ARRAY['', 'A'])[n % 2 + 1], (ARRAY['', 'Other'])[n / 3 % 2 + 1],
    CASE WHEN is_gone THEN (ARRAY['POSTSEC', 'EMPLOYMENT', 'UNKNOWN'])[n % 3 + 1] ELSE '' END, '', now() - interval '1 day'
FROM bench_people JOIN bench_codes ON k = n * 31 % {programs} WHERE (is_gone OR above_nine = 3) AND n % 5 < 4;
DROP TABLE bench_people, bench_years, bench_codes;
"""


def make_state(students: int) -> None:
    """Make the state and its snapshots, once, and set Django up on it."""
    folder = Path(os.environ.get("BENCH_DATA_DIR") or FILES / f"snapshot_{students}")
    os.environ.update({"TIDEGATE_DATA_DIR": str(folder / "data"), "TIDEGATE_LOG_LEVEL": "ERROR"})
    from tidegate.cli.setup import set_up

    set_up()
    from django.core.management import call_command

    done = folder / "is-made"
    call_command("migrate", verbosity=0)
    if not done.exists():
        _fill(students)
        _take()
        done.touch()


def _fill(students: int) -> None:
    from django.db import connection

    numbers = {"students": students, "year": YEAR, "saus": SAUS, "centers": CENTERS, "programs": PROGRAMS}
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # what is made here refers to what is there
        cursor.execute("SET synchronous_commit = off")
        for part in (_PLACES, _PEOPLE, _LINES):
            for statement in part.format(**numbers).split(";\n"):
                _say_and_run(cursor, statement)
        _say_and_run(cursor, "VACUUM ANALYZE")
        cursor.execute("SET session_replication_role = origin")


def _take() -> None:
    """Take last year's snapshot of each period, and two of this year's, so that each page has all that it shows."""
    from tidegate.accountability.periods.period import find_period
    from tidegate.accountability.snapshots.take import take_snapshot
    from tidegate.reference.models import SchoolYear

    for slug, month in (("cte-october-count", 10), ("cte-year-end", 6)):
        for first in (YEAR - 1, YEAR, YEAR):
            day = date(first + (month < 9), month, 15)
            year = SchoolYear.objects.get(first=first)
            cost = cost_of(partial(take_snapshot, find_period(slug), year, by=None, on=day))
            print(f"{cost.seconds:7.1f} s  snapshot of {slug}, {first}: {cost}", flush=True)


def _say_and_run(cursor, statement: str) -> None:
    if not statement.strip():
        return
    begin = time.perf_counter()
    cursor.execute(statement)
    print(f"{time.perf_counter() - begin:7.1f} s  {' '.join(statement.split())[:90]}", flush=True)
