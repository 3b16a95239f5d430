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
            CASE WHEN kind_blank THEN {c: 'EnrollmentType', v: '', k: 'CELL101', m: 'EnrollmentType is blank'} END,
            CASE WHEN kind_unknown THEN {c: 'EnrollmentType', v: EnrollmentType, k: 'CELL106', m: 'EnrollmentType "' || EnrollmentType || '" is not on the list: P, C'} END,
            CASE WHEN grade_blank THEN {c: 'GradeLevel', v: '', k: 'CELL101', m: 'GradeLevel is blank'} END,
            CASE WHEN grade_unknown THEN {c: 'GradeLevel', v: GradeLevel, k: 'CELL106', m: 'GradeLevel "' || GradeLevel || '" is not on the list: PK, KG, 01 to 12'} END,
            CASE WHEN entry_blank THEN {c: 'EntryDate', v: '', k: 'CELL101', m: 'EntryDate is blank'} END,
            CASE WHEN entry_form THEN {c: 'EntryDate', v: EntryDate, k: 'CELL104', m: 'EntryDate "' || EntryDate || '" is not a date written as YYYY-MM-DD or M/D/YYYY'} END,
            CASE WHEN entry_year THEN {c: 'EntryDate', v: EntryDate, k: 'CELL107', m: 'EntryDate ' || EntryDate || ' is in another school year; this file is for 2020-2021'} END,
            CASE WHEN status_blank THEN {c: 'StartStatus', v: '', k: 'CELL101', m: 'StartStatus is blank'} END,
            CASE WHEN status_unknown THEN {c: 'StartStatus', v: StartStatus, k: 'CELL106', m: 'StartStatus "' || StartStatus || '" is not on the list: 01, 02, 10 to 16'} END,
            CASE WHEN resident_blank THEN {c: 'ResidentSAUID', v: '', k: 'CELL101', m: 'ResidentSAUID is blank'} END,
            CASE WHEN resident_form THEN {c: 'ResidentSAUID', v: ResidentSAUID, k: 'CELL103', m: 'ResidentSAUID "' || ResidentSAUID || '" must have 1 to 4 digits'} END,
            CASE WHEN resident_unknown THEN {c: 'ResidentSAUID', v: ResidentSAUID, k: 'FIND401', m: 'Unable to resolve Resident SAU ID "' || ResidentSAUID || '"'} END,
            CASE WHEN town_form THEN {c: 'ResidentTownCode', v: ResidentTownCode, k: 'CELL103', m: 'ResidentTownCode "' || ResidentTownCode || '" must have 3 digits'} END,
            CASE WHEN exit_form THEN {c: 'ExitDate', v: ExitDate, k: 'CELL104', m: 'ExitDate "' || ExitDate || '" is not a date written as YYYY-MM-DD or M/D/YYYY'} END,
            CASE WHEN exit_year THEN {c: 'ExitDate', v: ExitDate, k: 'CELL107', m: 'ExitDate ' || ExitDate || ' is in another school year; this file is for 2020-2021'} END,
            CASE WHEN type_unknown THEN {c: 'ExitType', v: ExitType, k: 'CELL106', m: 'ExitType "' || ExitType || '" is not on the list'} END,
            CASE WHEN comments_long THEN {c: 'Comments', v: Comments, k: 'CELL102', m: 'Comments are longer than 250 characters'} END,
            CASE WHEN other_parent THEN {c: 'SchoolID', v: SchoolID, k: 'ENR201', m: school_name || ' belongs to ' || parent || '; the row says ' || sau_name} END,
            CASE WHEN exit_before THEN {c: 'ExitDate', v: ExitDate, k: 'ENR202', m: 'ExitDate "' || ExitDate || '" is before EntryDate "' || EntryDate || '"'} END,
            CASE WHEN type_missing THEN {c: 'ExitType', v: '', k: 'ENR203', m: 'ExitType is blank although ExitDate is "' || ExitDate || '"'} END,
            CASE WHEN exit_missing THEN {c: 'ExitDate', v: '', k: 'ENR204', m: 'ExitDate is blank although ExitType is "' || ExitType || '"'} END,
            CASE WHEN school_kind THEN {c: 'SchoolID', v: SchoolID, k: 'ENR405', m: 'School "' || school_name || '" is not a CTE school, and a concurrent enrollment is always at one'} END
        ]) AS found
        FROM bad
    ) AS listed, LATERAL (SELECT found.c AS "column", found.v AS value, found.k AS code, found.m AS message) WHERE found IS NOT NULL
    UNION ALL
    SELECT row, CASE WHEN across.code IN ('ENR503', 'ENR504') THEN 'ExitDate' ELSE 'StateStudentID' END,
        CASE WHEN across.code IN ('ENR503', 'ENR504') THEN ExitDate ELSE StateStudentID END, across.code,
        CASE across.code
            WHEN 'ENR301' THEN 'Rows ' || least(row, CAST(other AS BIGINT)) || ' and ' || greatest(row, CAST(other AS BIGINT)) || ' are the same enrollment and differ'
            WHEN 'ENR302' THEN 'The row repeats row ' || other
            WHEN 'ENR501' THEN 'Student already has a primary enrollment at "' || other || '" from ' || across.day
            WHEN 'ENR502' THEN 'The student has no primary enrollment on ' || across.day
            WHEN 'ENR503' THEN 'The primary enrollment ends ' || across.day || '; the concurrent one must end by then too'
            ELSE 'Ending the primary enrollment on ' || across.day || ' leaves the one at ' || other || ' open' END
    FROM across JOIN line ON line.rowid = row - 2
    ORDER BY row
) TO '$findings' (HEADER, DELIMITER ',');
