-- The good rows of a CTE file as they are stored, for COPY.
COPY (
    SELECT StateStudentID, 2020, sau, school, coalesce(SchoolStudentID, ''), code, start_day, end_day, CAST(credits AS DECIMAL(6, 2)),
        CAST(college AS DECIMAL(6, 2))
    FROM judged JOIN line ON line.rowid = row - 2 ANTI JOIN held USING (row) WHERE NOT is_bad
) TO '$good' (HEADER false, DELIMITER ',');
