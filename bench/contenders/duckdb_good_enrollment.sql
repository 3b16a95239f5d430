-- The good rows of a Student Enrollment file as they are stored, for COPY. A row that repeats another one is stored once.
COPY (
    SELECT StateStudentID, 2020, sau, school, coalesce(SchoolStudentID, ''), kind, upper(GradeLevel), entry, StartStatus, resident,
        coalesce(ResidentTownCode, ''), exit_day, coalesce(ExitType, ''), coalesce(Comments, '')
    FROM judged JOIN line ON line.rowid = row - 2 ANTI JOIN turned USING (row) ANTI JOIN (SELECT row FROM across WHERE code = 'ENR302') USING (row) WHERE NOT is_bad
) TO '$good' (HEADER false, DELIMITER ',');
