-- All checks of a Student Enrollment file in DuckDB SQL: what a row says by itself. duckdb_check.py puts in the places;
-- duckdb_rounds.py asks what rows say together, which needs a loop.
CREATE TEMP TABLE line AS SELECT * FROM read_csv('$file', all_varchar = true, header = true, delim = ',', quote = '"');
CREATE TEMP TABLE organization AS
SELECT OrganizationID AS identifier, CAST(OrganizationID AS INTEGER) AS id, Name AS name, Kind AS kind,
    CAST(ParentID AS INTEGER) AS parent, LocalID AS local
FROM read_csv('$reference/organizations.csv', all_varchar = true, header = true, delim = ',');
CREATE TEMP TABLE student AS
SELECT CAST(StateStudentID AS INTEGER) AS number
FROM read_csv('$reference/students.csv', all_varchar = true, header = true, delim = ',');
CREATE TEMP TABLE stored AS
SELECT CAST(StateStudentID AS INTEGER) AS number, CAST(SAUID AS INTEGER) AS sau, CAST(SchoolID AS INTEGER) AS school,
    EnrollmentType AS kind, CAST(EntryDate AS DATE) AS entry, coalesce(CAST(ExitDate AS DATE), DATE '9999-12-31') AS leaves
FROM read_csv('$reference/enrollments.csv', all_varchar = true, header = true, delim = ',')
WHERE SchoolYear = '2020-2021';
-- A school is named by its ID or by the ID of the local SIS; of several the ID to the letter, the organization ID
-- and the SAU's own go first, in this order; of two that are still alike none is taken.
CREATE TEMP TABLE school AS
WITH asked AS (SELECT DISTINCT SchoolID AS written, SAUID AS sau FROM line WHERE length(SchoolID) <= 10),
found AS (
    SELECT written, sau, id, name, kind, parent,
        4 * CAST(upper(written) = upper(identifier) AS INTEGER) + 2
        + CAST(coalesce(CAST(parent AS VARCHAR) = sau, false) AS INTEGER) AS rank
    FROM asked JOIN organization ON upper(ltrim(written, '0')) = upper(ltrim(identifier, '0')) WHERE kind <> 'SAU'
    UNION ALL
    SELECT written, sau, id, name, kind, parent,
        4 * CAST(upper(written) = upper(local) AS INTEGER)
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
        CASE upper(EnrollmentType) WHEN 'P' THEN 'P' WHEN 'C' THEN 'C' WHEN 'S' THEN 'C' WHEN 'PRIMARY' THEN 'P'
            WHEN 'CONCURRENT' THEN 'C' WHEN 'SECONDARY' THEN 'C' WHEN 'PARTIAL' THEN 'C' END AS kind,
        CASE WHEN contains(EntryDate, '/') THEN CAST(try_strptime(EntryDate, '%m/%d/%Y') AS DATE) ELSE TRY_CAST(EntryDate AS DATE) END AS entry_read,
        CASE WHEN contains(ExitDate, '/') THEN CAST(try_strptime(ExitDate, '%m/%d/%Y') AS DATE) ELSE TRY_CAST(ExitDate AS DATE) END AS exit_read,
        CASE WHEN entry_read BETWEEN DATE '2020-07-01' AND DATE '2021-06-30' THEN entry_read END AS entry,
        CASE WHEN exit_read BETWEEN DATE '2020-07-01' AND DATE '2021-06-30' THEN exit_read END AS exit_day
    FROM line
)
SELECT row, typed.number, typed.kind, entry, exit_day, coalesce(exit_day, DATE '9999-12-31') AS leaves, s.id AS sau, r.id AS resident, t.id AS school,
    typed.number IS NOT NULL AND student.number IS NULL AS number_unknown,
    coalesce(ExitDate, '') <> '' AND exit_day IS NULL AS exit_wrong,
    -- What is right is asked in one go; what is wrong with a row that is not, below.
    NOT coalesce(s.id IS NOT NULL AND r.id IS NOT NULL AND student.number IS NOT NULL AND entry IS NOT NULL
        AND CASE typed.kind WHEN 'P' THEN t.parent = s.id WHEN 'C' THEN t.kind = 'CTE School' END
        AND upper(GradeLevel) IN ('PK', 'KG', '01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12')
        AND StartStatus IN ('01', '02', '10', '11', '12', '13', '14', '15', '16')
        AND CASE WHEN coalesce(ExitDate, '') = '' THEN coalesce(ExitType, '') = ''
            ELSE exit_day >= entry AND ExitType IN ('01', '02', '03', '10', '11', '15', '16', '20', '23', '24', '25') END
        AND (coalesce(ResidentTownCode, '') = '' OR length(ResidentTownCode) = 3 AND ltrim(ResidentTownCode, '0123456789') = '')
        AND coalesce(length(SchoolStudentID), 0) <= 10 AND coalesce(length(Comments), 0) <= 250, false) AS is_bad
FROM typed
LEFT JOIN organization AS s ON s.kind = 'SAU' AND s.id = CASE WHEN length(SAUID) <= 4 THEN TRY_CAST(SAUID AS INTEGER) END
LEFT JOIN organization AS r
    ON r.kind = 'SAU' AND r.id = CASE WHEN length(ResidentSAUID) <= 4 THEN TRY_CAST(ResidentSAUID AS INTEGER) END
LEFT JOIN school AS t ON t.written = SchoolID AND t.sau IS NOT DISTINCT FROM SAUID
LEFT JOIN student ON student.number = typed.number;
CREATE TEMP TABLE bad AS
SELECT line.*, judged.*, s.name AS sau_name, t.name AS school_name, t.parent AS parent,
    CASE WHEN contains(EntryDate, '/') THEN CAST(try_strptime(EntryDate, '%m/%d/%Y') AS DATE) ELSE TRY_CAST(EntryDate AS DATE) END AS entry_read,
    CASE WHEN contains(ExitDate, '/') THEN CAST(try_strptime(ExitDate, '%m/%d/%Y') AS DATE) ELSE TRY_CAST(ExitDate AS DATE) END AS exit_read,
    coalesce(SAUID, '') = '' AS sau_blank,
    SAUID <> '' AND (length(SAUID) > 4 OR ltrim(SAUID, '0123456789') <> '') AS sau_form,
    SAUID <> '' AND NOT sau_form AND sau IS NULL AS sau_unknown,
    coalesce(SchoolID, '') = '' AS school_blank,
    length(SchoolID) > 10 AS school_long,
    SchoolID <> '' AND length(SchoolID) <= 10 AND school IS NULL AS school_unknown,
    coalesce(StateStudentID, '') = '' AS number_blank,
    StateStudentID LIKE '00000000%' AS is_sample,
    StateStudentID <> '' AND number IS NULL AS number_form,
    length(SchoolStudentID) > 10 AS local_long,
    coalesce(EnrollmentType, '') = '' AS kind_blank,
    EnrollmentType <> '' AND judged.kind IS NULL AS kind_unknown,
    coalesce(GradeLevel, '') = '' AS grade_blank,
    GradeLevel <> '' AND upper(GradeLevel) NOT IN ('PK', 'KG', '01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12')
        AS grade_unknown,
    coalesce(EntryDate, '') = '' AS entry_blank,
    EntryDate <> '' AND entry_read IS NULL AS entry_form,
    entry_read IS NOT NULL AND entry IS NULL AS entry_year,
    coalesce(StartStatus, '') = '' AS status_blank,
    StartStatus <> '' AND StartStatus NOT IN ('01', '02', '10', '11', '12', '13', '14', '15', '16') AS status_unknown,
    coalesce(ResidentSAUID, '') = '' AS resident_blank,
    ResidentSAUID <> '' AND (length(ResidentSAUID) > 4 OR ltrim(ResidentSAUID, '0123456789') <> '') AS resident_form,
    ResidentSAUID <> '' AND NOT resident_form AND resident IS NULL AS resident_unknown,
    ResidentTownCode <> '' AND (length(ResidentTownCode) <> 3 OR ltrim(ResidentTownCode, '0123456789') <> '') AS town_form,
    ExitDate <> '' AND exit_read IS NULL AS exit_form,
    exit_read IS NOT NULL AND exit_day IS NULL AS exit_year,
    ExitType <> '' AND ExitType NOT IN ('01', '02', '03', '10', '11', '15', '16', '20', '23', '24', '25') AS type_unknown,
    length(Comments) > 250 AS comments_long,
    coalesce(judged.kind = 'P' AND t.parent <> sau, false) AS other_parent,
    coalesce(exit_day < entry, false) AS exit_before,
    coalesce(ExitDate, '') <> '' AND coalesce(ExitType, '') = '' AND NOT exit_wrong AS type_missing,
    coalesce(ExitDate, '') = '' AND coalesce(ExitType, '') <> '' AND NOT coalesce(type_unknown, false) AS exit_missing,
    coalesce(judged.kind = 'C' AND t.kind <> 'CTE School', false) AS school_kind
FROM judged JOIN line ON line.rowid = row - 2
LEFT JOIN organization AS s ON s.id = sau LEFT JOIN organization AS t ON t.id = school
WHERE is_bad;
