"""Plain SQL over the records that counts what the pages of a snapshot show: an oracle of the numbers, and what they cost
where nobody froze anything.

It has the definition of the school year as a reader of it would write it down: a program is the first four digits of a
code, each whole credit earned in it is a course, and a concentrator has two of them, whatever the grade. The records
have not changed since the snapshot was taken.
"""

from bench.snapshot_state import YEAR

DAY = f"date '{YEAR}-10-01'"
DIMENSIONS = ("school", "program", "grade", "gender", "sau")
"""What students are counted by, in the order in which GROUPING names them."""
_BY = ", ".join(DIMENSIONS)
_SETS = "(), (school), (program), (grade), (gender), (sau), (school, program), (school, grade), (school, gender), (school, sau)"
_PEOPLE = """
    center AS (SELECT id FROM reference_organization WHERE kind = 'CTE School'),
    sent AS (
        SELECT DISTINCT ON (student_id) student_id, sau_id AS sau, grade_level AS grade FROM current_enrollment
        WHERE enrollment_type = 'P' ORDER BY student_id, entry_date DESC
    ),
    person AS (SELECT student_id, gender, last_name, first_name FROM records_studentversion WHERE replaced_at IS NULL)
"""
_COUNTED = f"""
    WITH current_enrollment AS (
        SELECT * FROM records_enrollment WHERE school_year_id = {YEAR} AND replaced_at IS NULL
            AND entry_date <= {DAY} AND (exit_date IS NULL OR exit_date > {DAY})
    ), {_PEOPLE},
    taught AS (
        SELECT DISTINCT student_id, school_id AS school FROM current_enrollment JOIN center ON center.id = school_id
    ),
    program AS (
        SELECT DISTINCT student_id, school_id AS school, cte_code AS program FROM records_cterecord
        WHERE school_year_id = {YEAR} AND replaced_at IS NULL AND start_date <= {DAY}
            AND (end_date IS NULL OR end_date >= {DAY})
    ),
    counted AS (
        SELECT student_id, school, program, grade, gender, sau, last_name, first_name
        FROM taught LEFT JOIN program USING (student_id, school) LEFT JOIN sent USING (student_id)
            LEFT JOIN person USING (student_id)
    )
"""
_ENROLLED = f"""
    WITH current_enrollment AS (
        SELECT * FROM records_enrollment WHERE school_year_id = {YEAR} AND replaced_at IS NULL
            AND (exit_date IS NULL OR exit_date > entry_date)
    ), {_PEOPLE},
    taught AS (
        SELECT DISTINCT student_id, school_id AS school FROM current_enrollment JOIN center ON center.id = school_id
    ),
    line AS (
        SELECT student_id, left(cte_code, 5) AS program, school_year_id AS year, school_id AS school, credits_earned
        FROM records_cterecord WHERE replaced_at IS NULL AND school_year_id <= {YEAR}
    ),
    status AS (
        SELECT student_id, program, floor(sum(credits_earned)) AS courses,
            array_agg(DISTINCT school) AS schools FROM line GROUP BY student_id, program
    ),
    done AS (SELECT DISTINCT student_id FROM status WHERE courses >= 2),
    earned AS (
        SELECT student_id, school, program, sum(credits_earned) AS earned FROM line WHERE year = {YEAR} GROUP BY 1, 2, 3
    ),
    has_line AS (SELECT DISTINCT student_id, school, true AS has_line FROM line WHERE year = {YEAR}),
    schools_now AS (SELECT student_id, array_agg(school) AS schools_now FROM taught GROUP BY 1),
    studied AS (
        SELECT taught.student_id, school, program, courses FROM taught JOIN status USING (student_id)
            JOIN schools_now USING (student_id)
        WHERE school = ANY(schools) OR NOT schools && schools_now
    ),
    enrolled AS (
        SELECT student_id, school, program, grade, gender, sau, last_name, first_name, courses, earned,
            has_line IS NULL AS no_line, courses = 1 AND done.student_id IS NULL AS is_one_short
        FROM taught LEFT JOIN studied USING (student_id, school) LEFT JOIN earned USING (student_id, school, program)
            LEFT JOIN has_line USING (student_id, school) LEFT JOIN done USING (student_id) LEFT JOIN sent USING (student_id)
            LEFT JOIN person USING (student_id)
    )
"""
_PARTICIPATION = f"""
    {_ENROLLED} SELECT GROUPING({_BY}), {_BY}, count(DISTINCT student_id), count(DISTINCT student_id) FILTER (WHERE no_line),
        count(DISTINCT student_id) FILTER (WHERE courses >= 1), count(DISTINCT student_id) FILTER (WHERE is_one_short),
        count(DISTINCT student_id) FILTER (WHERE courses >= 2), sum(earned)
    FROM enrolled GROUP BY GROUPING SETS ({_SETS})
"""
_BASE = f"""
    WITH line AS (
        SELECT student_id, left(cte_code, 5) AS program, school_id AS school, credits_earned, postsecondary_credits
        FROM records_cterecord WHERE replaced_at IS NULL AND school_year_id <= {YEAR}
    ), concentrator AS (
        SELECT student_id, program, bool_or(postsecondary_credits > 0) AS has_college FROM line
        GROUP BY 1, 2 HAVING sum(credits_earned) >= 2
    ), of_school AS (SELECT DISTINCT student_id, program, school FROM line),
    graduate AS (
        SELECT DISTINCT student_id FROM records_enrollment WHERE school_year_id = {YEAR} AND replaced_at IS NULL
            AND enrollment_type = 'P' AND exit_type = '15'
    ), leaver AS (
        SELECT student_id FROM (
            SELECT DISTINCT ON (student_id) student_id, exit_date, exit_type FROM records_enrollment
            WHERE school_year_id IN ({YEAR} - 1, {YEAR}) AND replaced_at IS NULL AND enrollment_type = 'P'
            ORDER BY student_id, entry_date DESC
        ) last WHERE exit_date BETWEEN make_date({YEAR}, 1, 1) AND make_date({YEAR}, 12, 31)
            AND exit_type IN ('15', '16', '20', '23', '24', '25')
    ), outcome AS (
        SELECT student_id, left(cte_code, 5) AS program, bool_or(credential <> '') AS has_credential,
            bool_or(work_based_learning <> '') AS has_learned,
            bool_or(school_year_id = {YEAR} AND placement IN ('POSTSEC', 'ADVTRAIN', 'MILITARY', 'SERVICE', 'EMPLOYMENT'))
                AS is_placed
        FROM maine_cteoutcome WHERE replaced_at IS NULL GROUP BY 1, 2
    ), known AS (
        SELECT DISTINCT ON (student_id) * FROM maine_studentinformation
        WHERE replaced_at IS NULL AND school_year_id >= {YEAR} - 1 ORDER BY student_id, school_year_id DESC
    ), person AS (SELECT student_id, gender AS known_gender, last_name AS family FROM records_studentversion WHERE replaced_at IS NULL),
    base AS (
        SELECT code, student_id, school, program, family,
            CASE code WHEN '5S1' THEN has_credential WHEN '5S2' THEN has_college WHEN '5S3' THEN has_learned ELSE is_placed END
                AS is_met,
            coalesce(nullif(gender, ''), nullif(known_gender, '')) AS sex, race_ethnicity, disability_status,
            economically_disadvantaged, nontraditional_field, single_parent, out_of_workforce, english_learner, homeless,
            foster_care, parent_on_active_duty, migratory
        FROM unnest(ARRAY['3S1', '5S1', '5S2', '5S3']) code CROSS JOIN concentrator JOIN of_school USING (student_id, program)
            LEFT JOIN outcome USING (student_id, program) LEFT JOIN known USING (student_id) LEFT JOIN person USING (student_id)
        WHERE CASE code WHEN '3S1' THEN student_id IN (SELECT student_id FROM leaver)
            ELSE student_id IN (SELECT student_id FROM graduate) END
    )
"""
CATEGORIES = (
    "school", "program", "sex", "race_ethnicity", "disability_status", "economically_disadvantaged", "nontraditional_field",
    "single_parent", "out_of_workforce", "english_learner", "homeless", "foster_care", "parent_on_active_duty", "migratory",
)  # fmt: skip
"""What the students of indicators are counted by: columns, in the order in which GROUPING names them."""
_INDICATORS = f"""
    {_BASE} SELECT GROUPING({", ".join(CATEGORIES)}), code, {", ".join(CATEGORIES)}, count(DISTINCT student_id) FILTER (WHERE is_met), count(DISTINCT student_id)
    FROM base GROUP BY GROUPING SETS ((code), {", ".join(f"(code, {each})" for each in CATEGORIES)})
"""
QUERIES = {
    "student-count": f"""{_COUNTED} SELECT GROUPING({_BY}), {_BY}, count(DISTINCT student_id)
        FROM counted GROUP BY GROUPING SETS ({_SETS})""",
    "participation": _PARTICIPATION,
    "indicators": _INDICATORS,
}
"""What is counted, by the name of what it is compared with."""
