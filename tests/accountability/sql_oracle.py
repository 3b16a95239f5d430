"""What a snapshot must say, as plain SQL over the records: written from the texts of the definitions and of the Act,
and as slow as it likes."""

from collections.abc import Iterable
from typing import TypeAlias

from django.db import connection

from tests.accountability.wide_state import INFORMATION, YEAR, YEARS
from tidegate.accountability.definitions.definition import DefinitionFile

Reaches: TypeAlias = Iterable[list[str] | None]
"""The IDs of organizations, of whose students numbers are asked; None is all."""
OCTOBER, JUNE = f"date '{YEAR}-10-01'", f"date '{YEAR + 1}-06-01'"
"""The count days of the two periods, as the state's files have them."""
DIMENSIONS = ("school", "program", "grade", "gender", "sau")
TABLES = ((), *((name,) for name in DIMENSIONS), *(("school", name) for name in DIMENSIONS[1:]))
MEASURES = {
    "enrolled": "true",
    "no-line": "NOT has_line",
    "participants": "participant IS NOT NULL",
    "one-short": "is_one_short",
    "concentrators": "concentrator IS NOT NULL",
}
CATEGORIES = ("school", "program", *INFORMATION)
_LENGTH = {"code": 20, "cip-6": 7, "cip-4": 5, "cip-2": 2}
_ON_FILE = """
    enrollment AS (
        SELECT student_id AS student, school_year_id AS year, sau_id::text AS sau, school_id::text AS school,
            enrollment_type AS type, NULLIF(grade_level, '') AS grade, entry_date, exit_date, exit_type
        FROM records_enrollment WHERE replaced_at IS NULL
    ),
    person AS (
        SELECT student_id AS student, NULLIF(gender, '') AS gender FROM records_studentversion WHERE replaced_at IS NULL
    )
"""
# Who is taught at a technical school, by which district the student is sent, and in which grade: that of the primary
# enrollment, the last one of the year where there are several.
_TAUGHT = """
    active AS (SELECT * FROM enrollment WHERE year = {year} AND {is_active}),
    taught AS (
        SELECT student, school, min(grade) AS grade FROM active
        WHERE school IN (SELECT id::text FROM reference_organization WHERE kind = 'CTE School') GROUP BY 1, 2
    ),
    sent AS (
        SELECT DISTINCT ON (student) student, sau, grade FROM active WHERE type = 'P' ORDER BY student, entry_date DESC
    )
"""
_ACTIVE = {
    "count-day": "entry_date <= {day} AND (exit_date IS NULL OR exit_date > {day})",
    "school-year": "(exit_date IS NULL OR exit_date > entry_date)",
}
_OCTOBER = """
    WITH {on_file}, {taught},
    line AS (
        SELECT DISTINCT student_id AS student, school_id::text AS school, cte_code AS program FROM records_cterecord
        WHERE replaced_at IS NULL AND school_year_id = {year} AND start_date <= {day}
            AND (end_date IS NULL OR end_date >= {day})
    ),
    counted AS (
        SELECT student, school, program, COALESCE(sent.grade, taught.grade) AS grade, gender, sau
        FROM taught LEFT JOIN line USING (student, school) LEFT JOIN sent USING (student)
            LEFT JOIN person USING (student)
    )
"""
# A student is a participant or concentrator from the first year on at whose end the courses are enough and the grade is
# one of those that count.
_STATUS = """
    line AS (
        SELECT student_id AS student, left(cte_code, {length}) AS program, school_year_id AS year,
            school_id::text AS school, credits_earned AS credits, postsecondary_credits AS college
        FROM records_cterecord WHERE replaced_at IS NULL AND school_year_id <= {year}
    ),
    grade_of AS (
        SELECT DISTINCT ON (student, year) student, year, grade FROM enrollment
        ORDER BY student, year, type = 'P' DESC, entry_date DESC, grade
    ),
    by_year AS (
        SELECT student, program, each.year, (
            SELECT {courses} FROM line WHERE line.student = pair.student AND line.program = pair.program
                AND line.year <= each.year
        ) AS courses
        FROM (SELECT DISTINCT student, program FROM line) pair CROSS JOIN unnest(ARRAY[{years}]) each (year)
    ),
    status AS (
        SELECT student, program, max(courses) AS courses,
            (SELECT array_agg(DISTINCT school) FROM line WHERE (line.student, line.program) = (by_year.student,
                by_year.program)) AS schools,
            min(year) FILTER (WHERE courses >= {for_participant} AND {of_grade} AND {stays}) AS participant,
            min(year) FILTER (WHERE courses >= {needed} AND {of_grade} AND {stays}) AS concentrator
        FROM by_year LEFT JOIN grade_of USING (student, year) GROUP BY student, program
    )
"""
_STILL = """
    EXISTS (SELECT FROM line WHERE (line.student, line.program, line.year) = (by_year.student, by_year.program, {year})
        AND {is_course})
"""
_PARTICIPATION = """
    WITH {on_file}, {taught}, {status},
    studied AS (
        SELECT taught.student, taught.school, status.program, courses, participant, concentrator
        FROM taught JOIN status USING (student)
        WHERE taught.school = ANY(schools) OR NOT EXISTS (
            SELECT FROM taught other WHERE other.student = taught.student AND other.school = ANY(schools)
        )
    ),
    counted AS (
        SELECT student, school, program, COALESCE(sent.grade, taught.grade) AS grade, gender, sau, participant,
            concentrator,
            EXISTS (SELECT FROM line WHERE line.student = taught.student AND line.school = taught.school
                AND year = {year}) AS has_line,
            COALESCE(courses = {needed} - 1, false) AND NOT EXISTS (
                SELECT FROM status done WHERE done.student = taught.student AND done.concentrator IS NOT NULL
            ) AS is_one_short,
            COALESCE((SELECT sum(credits) FROM line WHERE (line.student, line.school, line.program, line.year)
                = (taught.student, taught.school, studied.program, {year})), 0) AS credits
        FROM taught LEFT JOIN studied USING (student, school) LEFT JOIN sent USING (student)
            LEFT JOIN person USING (student)
    )
"""
_WITHIN = "(school = ANY(%(reach)s::text[]) OR sau = ANY(%(reach)s::text[]) OR %(reach)s::text[] IS NULL)"
_SENT_WITHIN = "(%(reach)s::text[] IS NULL OR school = ANY(%(reach)s::text[]) OR senders && %(reach)s::text[])"
_INDICATOR = """
    WITH {on_file}, {status},
    outcome AS (
        SELECT student_id AS student, left(cte_code, {length}) AS program, school_year_id AS year, credential,
            work_based_learning, placement
        FROM cte_outcomes_table WHERE replaced_at IS NULL AND school_year_id <= {year}
    ),
    known AS (
        SELECT DISTINCT ON (student_id) student_id AS student, {information} FROM information_table
        WHERE replaced_at IS NULL AND school_year_id IN ({year}, {year} - 1) ORDER BY student_id, school_year_id DESC
    ),
    who AS (
        SELECT student, {others}, COALESCE(known.sex, person.gender) AS sex FROM person LEFT JOIN known USING (student)
    ),
    last_left AS (
        SELECT DISTINCT ON (student) student, exit_date, exit_type FROM enrollment
        WHERE type = 'P' AND year IN ({year}, {year} - 1) ORDER BY student, entry_date DESC, exit_date DESC NULLS FIRST
    ),
    base AS (
        SELECT student, program, unnest(schools) AS school, ({is_met}) AS is_met FROM status JOIN who USING (student)
        WHERE concentrator IS NOT NULL AND {is_in_base}
    ),
    counted AS (
        SELECT base.*, {values}, sex, ARRAY(
            SELECT sau FROM enrollment WHERE enrollment.student = base.student AND type = 'P'
                AND year IN ({year}, {year} - 1)
            ORDER BY entry_date DESC, exit_date DESC NULLS FIRST LIMIT 1
        ) AS senders FROM base JOIN who USING (student)
    )
"""
_OF_OUTCOME, _OF_LINE = (
    f"EXISTS (SELECT FROM {of} WHERE ({of}.student, {of}.program) = (status.student, status.program) AND {{}})"
    for of in ("outcome", "line")
)
_GRADUATED = """
    EXISTS (SELECT FROM enrollment WHERE enrollment.student = status.student AND type = 'P' AND year = {year}
        AND exit_type IN ({graduated}))
"""
# The second quarter after an exit in a calendar year's quarters lies in the school year that begins in it.
_LEFT = """
    EXISTS (SELECT FROM last_left WHERE last_left.student = status.student AND exit_type IN ({left_school})
        AND extract(year FROM exit_date) = {year})
"""
_HERE = "EXISTS (SELECT FROM enrollment WHERE enrollment.student = status.student AND year = {year})"


def october_count(reaches: Reaches) -> dict[str, dict]:
    """Return for each reach how many students are counted on the count day, by table and keys."""
    given = {"on_file": _ON_FILE, "taught": _taught("count-day", OCTOBER), "year": YEAR, "day": OCTOBER}
    _keep(_OCTOBER.format(**given))
    return {str(reach): _tables(["count(DISTINCT student)"], reach) for reach in reaches}


def participation(file: DefinitionFile, reaches: Reaches) -> tuple[dict[str, dict], dict[str, set]]:
    """Return for each reach how many students each measure counts, and the credits, by table and keys; and for each
    measure student, school and program of everybody whom it counts."""
    _keep(_PARTICIPATION.format(**_status(file), taught=_taught(file.base, JUNE)))
    counts = [f"count(DISTINCT student) FILTER (WHERE {each})" for each in MEASURES.values()]
    listed = "SELECT student, school, COALESCE(program, '') FROM kept WHERE {}"
    students = {measure: set(_rows(listed.format(condition), None)) for measure, condition in MEASURES.items()}
    return {str(reach): _tables([*counts, "sum(credits)"], reach) for reach in reaches}, students


def indicator(code: str, file: DefinitionFile, reaches: Reaches) -> dict[str, dict]:
    """Return for each reach numerator and denominator of an indicator, by category and key."""
    _keep(_base(code, file))
    counts = "count(DISTINCT student) FILTER (WHERE is_met), count(DISTINCT student)"
    by = "".join(
        f" UNION ALL SELECT '{name}', COALESCE({_column(name)}, ''), {counts} FROM within GROUP BY {_column(name)}"
        for name in CATEGORIES
    )
    query = f"WITH within AS (SELECT * FROM kept WHERE {_SENT_WITHIN}) SELECT 'all', '', {counts} FROM within {by}"
    return {
        str(reach): {(category, key): (met, of) for category, key, met, of in _rows(query, reach) if of}
        for reach in reaches
    }


def _taught(base: str, day: str) -> str:
    return _TAUGHT.format(year=YEAR, is_active=_ACTIVE[base].format(day=day))


def _status(file: DefinitionFile) -> dict[str, object]:
    by_credits = file.course_unit == "credits"
    is_course = "credits > 0" if by_credits else f"credits >= {file.credits_per_course}"
    grades = f"grade IN ({_texts(file.grades)})" if file.grades else "true"
    values = {
        "length": _LENGTH[file.program_key],
        "year": YEAR,
        "years": ", ".join(map(str, YEARS)),
        "courses": f"floor(sum(credits) / {file.credits_per_course})"
        if by_credits
        else f"count(*) FILTER (WHERE {is_course})",
        "for_participant": file.courses_for_participant,
        "needed": file.courses_needed,
        "of_grade": grades,
        "stays": "true" if file.sticky else _STILL.format(year=YEAR, is_course=is_course),
    }
    return values | {"status": _STATUS.format(**values), "on_file": _ON_FILE}


def _base(code: str, file: DefinitionFile) -> str:
    known = [name for name in INFORMATION if name != "sex"]
    met = {
        "5S1": _OF_OUTCOME.format("credential <> ''"),
        "5S2": _OF_LINE.format("college > 0"),
        "5S3": _OF_OUTCOME.format("work_based_learning <> ''"),
        "3S1": _OF_OUTCOME.format(f"year = {YEAR} AND placement IN ({_texts(file.placed)})"),
        "4S1": _pairs(file, "COALESCE(sex, '')"),
    }
    graduated = _GRADUATED.format(year=YEAR, graduated=_texts(file.graduated))
    bases = {"3S1": _LEFT.format(year=YEAR, left_school=_texts(file.left_school))}
    bases["4S1"] = f"{_HERE.format(year=YEAR)} AND program IN ({_texts(_nontraditional(file))})"
    query = _INDICATOR.format(
        **_status(file),
        information=", ".join(f"NULLIF({column}, '') AS {_column(name)}" for name, column in INFORMATION.items()),
        others=", ".join(map(_column, known)),
        values=", ".join(map(_column, known)),
        is_met=met[code],
        is_in_base=bases.get(code, graduated),
    )
    from tidegate.states.maine.models import CteOutcome, StudentInformation

    tables = {"cte_outcomes_table": CteOutcome, "information_table": StudentInformation}
    for name, model in tables.items():
        query = query.replace(name, model._meta.db_table)
    return query


def _nontraditional(file: DefinitionFile) -> list[str]:
    return [code[: _LENGTH[file.program_key]] for codes in file.nontraditional.values() for code in codes]


def _pairs(file: DefinitionFile, sex: str) -> str:
    pairs = [(of, code[: _LENGTH[file.program_key]]) for of, codes in file.nontraditional.items() for code in codes]
    return f"({sex}, program) IN ({', '.join(f'({_texts(pair)})' for pair in pairs)})"


def _column(name: str) -> str:
    return name if name in ("school", "program", "sex") else '"' + name + '"'


def _texts(texts: Iterable[str]) -> str:
    return ", ".join(f"'{each}'" for each in texts)


def _keep(query: str) -> None:
    """Keep what a query calls `counted` in a table, to be counted by this and that."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")  # it takes longer than the few students of a random state
        cursor.execute(f"DROP TABLE IF EXISTS kept; CREATE TEMPORARY TABLE kept AS {query} SELECT * FROM counted")


def _tables(counts: list[str], reach: list[str] | None) -> dict:
    found = {}
    for table in TABLES:
        keys = ", ".join(f"COALESCE({name}, '')" for name in table)
        grouped = f"SELECT {', '.join([*([keys] if keys else []), *counts])} FROM kept WHERE {_WITHIN}"
        for row in _rows(f"{grouped} GROUP BY {keys}" if keys else grouped, reach):
            found[table, tuple(row[: len(table)])] = row[len(table) :]
    return found


def _rows(query: str, reach: list[str] | None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"reach": reach})
        return cursor.fetchall()
