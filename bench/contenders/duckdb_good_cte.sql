-- The good rows of a CTE file as they are stored, for COPY.
COPY (
    SELECT StateStudentID, 2020, sau, school, coalesce(SchoolStudentID, ''), code, start_day, end_day, credits, college
    FROM judged ANTI JOIN held USING (row) WHERE NOT is_bad
) TO '$good' (HEADER false, DELIMITER ',');
