-- All checks of a CTE file in DuckDB SQL. $file, $reference, $findings and $good are put in by duckdb_check.py.
CREATE TEMP TABLE line AS SELECT * FROM read_csv('$file', all_varchar = true, header = true, delim = ',', quote = '"');
CREATE TEMP TABLE organization AS
SELECT OrganizationID AS identifier, CAST(OrganizationID AS INTEGER) AS id, Name AS name, Kind AS kind,
    CAST(ParentID AS INTEGER) AS parent, LocalID AS local
FROM read_csv('$reference/organizations.csv', all_varchar = true, header = true, delim = ',');
CREATE TEMP TABLE code AS
SELECT Code AS code FROM read_csv('$reference/cte_codes.csv', all_varchar = true, header = true, delim = ',')
WHERE coalesce(FirstYear, '') <= '2020-2021' AND coalesce(LastYear, '9999') >= '2020-2021';
CREATE TEMP TABLE stored AS
SELECT CAST(StateStudentID AS INTEGER) AS student, CAST(SAUID AS INTEGER) AS sau, CAST(SchoolID AS INTEGER) AS school,
    EnrollmentType AS kind, CAST(EntryDate AS DATE) AS entry, CAST(ExitDate AS DATE) AS leaves
FROM read_csv('$reference/enrollments.csv', all_varchar = true, header = true, delim = ',')
WHERE SchoolYear = '2020-2021';
CREATE TEMP TABLE student AS
SELECT number, p.student IS NOT NULL AS has_primary
FROM (SELECT CAST(StateStudentID AS INTEGER) AS number
      FROM read_csv('$reference/students.csv', all_varchar = true, header = true, delim = ','))
LEFT JOIN (SELECT DISTINCT student FROM stored WHERE kind = 'P') AS p ON p.student = number;
CREATE TEMP TABLE concurrent AS
SELECT student, school, max(entry) AS entry, arg_max(coalesce(leaves, DATE '9999-12-31'), entry) AS leaves,
    CASE WHEN count(*) > 1 THEN list((entry, coalesce(leaves, DATE '9999-12-31'))) END AS several
FROM stored WHERE kind = 'C' GROUP BY student, school;
CREATE TEMP TABLE attending AS SELECT DISTINCT student, sau FROM stored;
-- A school is named by its ID or by the ID of the local SIS; of several the CTE school, the ID to the letter, the organization ID
-- and the SAU's own go first, in this order; of two that are still alike none is taken.
CREATE TEMP TABLE school AS
WITH asked AS (SELECT DISTINCT SchoolID AS written, SAUID AS sau FROM line WHERE length(SchoolID) <= 10),
found AS (
    SELECT written, sau, id, name, kind, parent,
        8 * CAST(kind = 'CTE School' AS INTEGER) + 4 * CAST(upper(written) = upper(identifier) AS INTEGER) + 2
        + CAST(coalesce(CAST(parent AS VARCHAR) = sau, false) AS INTEGER) AS rank
    FROM asked JOIN organization ON upper(ltrim(written, '0')) = upper(ltrim(identifier, '0')) WHERE kind <> 'SAU'
    UNION ALL
    SELECT written, sau, id, name, kind, parent,
        8 * CAST(kind = 'CTE School' AS INTEGER) + 4 * CAST(upper(written) = upper(local) AS INTEGER)
        + CAST(coalesce(CAST(parent AS VARCHAR) = sau, false) AS INTEGER) AS rank
    FROM asked JOIN organization ON upper(ltrim(written, '0')) = upper(ltrim(local, '0')) WHERE kind <> 'SAU'
),
best AS (SELECT * FROM found QUALIFY rank = max(rank) OVER (PARTITION BY written, sau))
SELECT written, sau, any_value(id) AS id, any_value(name) AS name, any_value(kind) AS kind, any_value(parent) AS parent
FROM best GROUP BY written, sau HAVING count(DISTINCT id) = 1;
CREATE TEMP TABLE judged AS
WITH typed AS (
    SELECT rowid + 2 AS row, line.*,
        CASE WHEN length(StateStudentID) = 9 AND ltrim(StateStudentID, '0123456789') = ''
            THEN CAST(StateStudentID AS INTEGER) END AS number,
        CASE WHEN contains(StartDate, '/') THEN CAST(try_strptime(StartDate, '%m/%d/%Y') AS DATE) ELSE TRY_CAST(StartDate AS DATE) END AS start_read,
        CASE WHEN contains(EndDate, '/') THEN CAST(try_strptime(EndDate, '%m/%d/%Y') AS DATE) ELSE TRY_CAST(EndDate AS DATE) END AS end_read,
        CASE WHEN start_read BETWEEN DATE '2020-07-01' AND DATE '2021-06-30' THEN start_read END AS start_day,
        CASE WHEN end_read BETWEEN DATE '2020-07-01' AND DATE '2021-06-30' THEN end_read END AS end_day,
        CASE WHEN ltrim(CreditsEarned, '-.0123456789') = '' THEN TRY_CAST(CreditsEarned AS DECIMAL(18, 4)) END AS credits_read,
        CASE WHEN ltrim(PostsecondaryCredits, '-.0123456789') = '' THEN TRY_CAST(PostsecondaryCredits AS DECIMAL(18, 4)) END AS college_read,
        CASE WHEN credits_read = round(credits_read, 2) THEN credits_read END AS credits,
        CASE WHEN college_read = round(college_read, 2) THEN college_read END AS college
    FROM line
)
SELECT row, typed.number, start_day, end_day, credits, college, s.id AS sau, t.id AS school, code.code AS code, c.entry AS entry,
    student.number IS NOT NULL AS is_known, coalesce(student.has_primary, false) AS has_primary,
    c.student IS NOT NULL AS is_concurrent, a.student IS NOT NULL AS is_attending,
    coalesce(CASE WHEN several IS NULL THEN start_day < c.entry OR start_day > c.leaves
        ELSE start_day IS NOT NULL AND len(list_filter(several, lambda p: start_day BETWEEN p[1] AND p[2])) = 0 END, false) AS outside,
    -- What is right is asked in one go; what is wrong with a row that is not, below.
    NOT coalesce(s.id IS NOT NULL AND t.kind = 'CTE School' AND has_primary AND is_concurrent AND is_attending AND NOT outside
        AND code.code IS NOT NULL AND start_day IS NOT NULL AND (coalesce(EndDate, '') = '' OR end_day >= start_day)
        AND credits BETWEEN 0 AND 99.99 AND (coalesce(PostsecondaryCredits, '') = '' OR college BETWEEN 0 AND 99.99)
        AND coalesce(length(SchoolStudentID), 0) <= 10, false) AS is_bad
FROM typed
LEFT JOIN organization AS s ON s.kind = 'SAU' AND s.id = CASE WHEN length(SAUID) <= 4 THEN TRY_CAST(SAUID AS INTEGER) END
LEFT JOIN school AS t ON t.written = SchoolID AND t.sau IS NOT DISTINCT FROM SAUID
LEFT JOIN code ON code.code = CTECode
LEFT JOIN student ON student.number = typed.number
LEFT JOIN concurrent AS c ON c.student = typed.number AND c.school = t.id
LEFT JOIN attending AS a ON a.student = typed.number AND a.sau = s.id;
CREATE TEMP TABLE bad AS
SELECT line.*, judged.*, s.name AS sau_name, t.name AS school_name, t.kind AS school_kind_read,
    CASE WHEN contains(StartDate, '/') THEN CAST(try_strptime(StartDate, '%m/%d/%Y') AS DATE) ELSE TRY_CAST(StartDate AS DATE) END AS start_read,
    CASE WHEN contains(EndDate, '/') THEN CAST(try_strptime(EndDate, '%m/%d/%Y') AS DATE) ELSE TRY_CAST(EndDate AS DATE) END AS end_read,
    coalesce(SAUID, '') = '' AS sau_blank,
    SAUID <> '' AND (length(SAUID) > 4 OR ltrim(SAUID, '0123456789') <> '') AS sau_form,
    SAUID <> '' AND NOT sau_form AND sau IS NULL AS sau_unknown,
    coalesce(SchoolID, '') = '' AS school_blank,
    length(SchoolID) > 10 AS school_long,
    SchoolID <> '' AND length(SchoolID) <= 10 AND school IS NULL AS school_unknown,
    coalesce(StateStudentID, '') = '' AS number_blank,
    StateStudentID LIKE '00000000%' AS is_sample,
    StateStudentID <> '' AND number IS NULL AS number_form,
    number IS NOT NULL AND NOT is_known AS number_unknown,
    length(SchoolStudentID) > 10 AS local_long,
    coalesce(CTECode, '') = '' AS code_blank,
    CTECode <> '' AND judged.code IS NULL AS code_unknown,
    coalesce(StartDate, '') = '' AS start_blank,
    StartDate <> '' AND start_read IS NULL AS start_form,
    start_read IS NOT NULL AND start_day IS NULL AS start_year,
    EndDate <> '' AND end_read IS NULL AS end_form,
    end_read IS NOT NULL AND end_day IS NULL AS end_year,
    coalesce(end_day < start_day, false) AS end_before,
    coalesce(CreditsEarned, '') = '' AS credits_blank,
    CreditsEarned <> '' AND credits IS NULL AS credits_form,
    coalesce(credits NOT BETWEEN 0 AND 99.99, false) AS credits_range,
    PostsecondaryCredits <> '' AND college IS NULL AS college_form,
    coalesce(college NOT BETWEEN 0 AND 99.99, false) AS college_range,
    school_kind_read <> 'CTE School' AS school_kind,
    school_kind_read = 'CTE School' AND is_known AND NOT is_concurrent AS no_concurrent,
    is_known AND NOT has_primary AND NOT coalesce(no_concurrent, false) AS no_primary,
    sau IS NOT NULL AND is_known AND NOT is_attending AND NOT coalesce(no_concurrent, false)
        AND NOT no_primary AS other_sau
FROM judged JOIN line ON line.rowid = row - 2
LEFT JOIN organization AS s ON s.id = sau LEFT JOIN organization AS t ON t.id = school
WHERE is_bad;
-- The rows of a student for one school and code are loaded together or not at all.
CREATE TEMP TABLE held AS
SELECT row, first_row FROM judged
JOIN (SELECT number, school, code, min(row) AS first_row FROM bad WHERE number IS NOT NULL AND school IS NOT NULL AND code IS NOT NULL
      GROUP BY number, school, code) AS of_bad USING (number, school, code)
WHERE NOT is_bad;
COPY (
    SELECT row, "column", value, code, message FROM (
        SELECT row, unnest([
            CASE WHEN is_sample THEN {c: '', v: '', k: 'ROW101', m: 'This row is an example from the sample file, not a student'} END,
            CASE WHEN sau_blank THEN {c: 'SAUID', v: '', k: 'CELL101', m: 'SAUID is blank'} END,
            CASE WHEN sau_form THEN {c: 'SAUID', v: SAUID, k: 'CELL103', m: 'SAUID "' || SAUID || '" must have 1 to 4 digits'} END,
            CASE WHEN sau_unknown THEN {c: 'SAUID', v: SAUID, k: 'FIND401', m: 'Unable to resolve SAU ID "' || SAUID || '"'} END,
            CASE WHEN school_blank THEN {c: 'SchoolID', v: '', k: 'CELL101', m: 'SchoolID is blank'} END,
            CASE WHEN school_long THEN {c: 'SchoolID', v: SchoolID, k: 'CELL102', m: 'SchoolID "' || SchoolID || '" is longer than 10 characters'} END,
            CASE WHEN school_unknown THEN {c: 'SchoolID', v: SchoolID, k: 'FIND402', m: 'Unable to resolve School ID "' || SchoolID || '"'} END,
            CASE WHEN number_blank THEN {c: 'StateStudentID', v: '', k: 'CELL101', m: 'StateStudentID is blank'} END,
            CASE WHEN number_form AND NOT is_sample THEN {c: 'StateStudentID', v: StateStudentID, k: 'CELL103', m: 'StateStudentID "' || StateStudentID || '" must have 9 digits'} END,
            CASE WHEN number_unknown AND NOT is_sample THEN {c: 'StateStudentID', v: StateStudentID, k: 'FIND403', m: 'Unable to resolve State Student Number "' || StateStudentID || '"'} END,
            CASE WHEN local_long THEN {c: 'SchoolStudentID', v: SchoolStudentID, k: 'CELL102', m: 'SchoolStudentID "' || SchoolStudentID || '" is longer than 10 characters'} END,
            CASE WHEN code_blank THEN {c: 'CTECode', v: '', k: 'CELL101', m: 'CTECode is blank'} END,
            CASE WHEN code_unknown THEN {c: 'CTECode', v: CTECode, k: 'CTE403', m: 'Unable to resolve CTE Code "' || CTECode || '"'} END,
            CASE WHEN start_blank THEN {c: 'StartDate', v: '', k: 'CELL101', m: 'StartDate is blank'} END,
            CASE WHEN start_form THEN {c: 'StartDate', v: StartDate, k: 'CELL104', m: 'StartDate "' || StartDate || '" is not a date written as YYYY-MM-DD or M/D/YYYY'} END,
            CASE WHEN start_year THEN {c: 'StartDate', v: StartDate, k: 'CELL107', m: 'StartDate ' || StartDate || ' is in another school year; this file is for 2020-2021'} END,
            CASE WHEN end_form THEN {c: 'EndDate', v: EndDate, k: 'CELL104', m: 'EndDate "' || EndDate || '" is not a date written as YYYY-MM-DD or M/D/YYYY'} END,
            CASE WHEN end_year THEN {c: 'EndDate', v: EndDate, k: 'CELL107', m: 'EndDate ' || EndDate || ' is in another school year; this file is for 2020-2021'} END,
            CASE WHEN end_before THEN {c: 'EndDate', v: EndDate, k: 'CTE201', m: 'EndDate "' || EndDate || '" is before StartDate "' || StartDate || '"'} END,
            CASE WHEN credits_blank THEN {c: 'CreditsEarned', v: '', k: 'CELL101', m: 'CreditsEarned is blank'} END,
            CASE WHEN credits_form THEN {c: 'CreditsEarned', v: CreditsEarned, k: 'CELL105', m: 'CreditsEarned "' || CreditsEarned || '" is not a number with at most 2 decimal places'} END,
            CASE WHEN credits_range THEN {c: 'CreditsEarned', v: CreditsEarned, k: 'CELL108', m: 'CreditsEarned "' || CreditsEarned || '" must be from 0 to 99.99'} END,
            CASE WHEN college_form THEN {c: 'PostsecondaryCredits', v: PostsecondaryCredits, k: 'CELL105', m: 'PostsecondaryCredits "' || PostsecondaryCredits || '" is not a number with at most 2 decimal places'} END,
            CASE WHEN college_range THEN {c: 'PostsecondaryCredits', v: PostsecondaryCredits, k: 'CELL108', m: 'PostsecondaryCredits "' || PostsecondaryCredits || '" must be from 0 to 99.99'} END,
            CASE WHEN school_kind THEN {c: 'SchoolID', v: SchoolID, k: 'CTE404', m: 'School "' || school_name || '" is not a CTE school'} END,
            CASE WHEN no_concurrent THEN {c: 'SchoolID', v: SchoolID, k: 'CTE501', m: 'Secondary enrollment not found at "' || school_name || '"'} END,
            CASE WHEN no_primary THEN {c: 'StateStudentID', v: StateStudentID, k: 'CTE502', m: 'Primary enrollment not found for State Student Number "' || StateStudentID || '"'} END,
            CASE WHEN outside THEN {c: 'StartDate', v: StartDate, k: 'CTE503', m: 'StartDate ' || StartDate || ' is outside the enrollment at ' || school_name || ' (from ' || entry || ')'} END,
            CASE WHEN other_sau THEN {c: 'SAUID', v: SAUID, k: 'CTE504', m: 'The student attends another SAU; the row says ' || sau_name} END
        ]) AS found FROM bad
    ) AS listed, LATERAL (SELECT found.c AS "column", found.v AS value, found.k AS code, found.m AS message) WHERE found IS NOT NULL
    UNION ALL
    SELECT row, '', '', 'CTE301', 'Held back because row ' || first_row || ' (same student and CTE code) has an error' FROM held
    ORDER BY row
) TO '$findings' (HEADER, DELIMITER ',');
