-- What rows of a Student Enrollment file say together, in the order of the rules. duckdb_rounds.py asks the part after "round"
-- again, of the students in `asked`, until no further row turns bad: such a row is not loaded, and others may have counted on it.
CREATE TEMP TABLE equal AS
SELECT row, number, school, kind, entry, min(row) OVER same AS first_row, max(row) OVER same AS last_row,
    min(said) OVER same <> max(said) OVER same AS differs
FROM (SELECT row, number, school, kind, entry, concat_ws('|', SAUID, coalesce(SchoolStudentID, ''), coalesce(GradeLevel, ''),
          coalesce(StartStatus, ''), coalesce(ResidentSAUID, ''), coalesce(ResidentTownCode, ''), coalesce(ExitDate, ''),
          coalesce(ExitType, ''), coalesce(Comments, '')) AS said
      FROM judged JOIN line ON line.rowid = row - 2 SEMI JOIN (SELECT number, school, kind, entry FROM judged
                             WHERE number IS NOT NULL AND school IS NOT NULL AND kind IS NOT NULL AND entry IS NOT NULL
                             GROUP BY ALL HAVING count(*) > 1) USING (number, school, kind, entry))
WINDOW same AS (PARTITION BY number, school, kind, entry);
CREATE TEMP TABLE across (row BIGINT, code VARCHAR, other VARCHAR, day DATE);
INSERT INTO across SELECT row, 'ENR301', CASE WHEN row = first_row THEN last_row ELSE first_row END, NULL FROM equal WHERE differs;
INSERT INTO across SELECT row, 'ENR302', first_row, NULL FROM equal WHERE NOT differs AND row > first_row;
CREATE TEMP TABLE turned AS SELECT row FROM across WHERE code = 'ENR301';
CREATE TEMP VIEW good AS
SELECT row, number, sau, school, kind, entry, leaves FROM judged SEMI JOIN asked USING (number) ANTI JOIN turned USING (row)
WHERE NOT is_bad;
CREATE TEMP VIEW staying AS
SELECT number, sau, school, kind, entry, leaves FROM stored SEMI JOIN asked USING (number)
ANTI JOIN good USING (number, school, kind, entry);
-- round
INSERT INTO across
WITH counted AS (
    SELECT row, number, sau, school, entry, leaves FROM good
    ANTI JOIN (SELECT row FROM equal WHERE row > first_row) USING (row) WHERE kind = 'P' AND entry < leaves
    UNION ALL
    SELECT NULL, number, sau, school, entry, leaves FROM staying WHERE kind = 'P' AND entry < leaves
),
beside AS (
    SELECT *, max(leaves) OVER earlier AS latest, arg_max((sau, entry), leaves) OVER earlier AS before,
        lead(entry) OVER ordered AS next, lead((sau, entry)) OVER ordered AS after
    FROM counted
    WINDOW ordered AS (PARTITION BY number ORDER BY entry),
        earlier AS (PARTITION BY number ORDER BY entry ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),
overlapping AS (
    SELECT row, CASE WHEN latest > entry THEN before ELSE after END AS other FROM beside WHERE latest > entry OR next < leaves
)
SELECT coalesce(equal.row, overlapping.row), 'ENR501', name, other[2] FROM overlapping JOIN organization ON id = other[1]
LEFT JOIN equal ON equal.first_row = overlapping.row WHERE overlapping.row IS NOT NULL;
INSERT INTO turned SELECT row FROM across WHERE code = 'ENR501' AND row NOT IN (SELECT row FROM turned);
INSERT INTO across
WITH together AS (
    SELECT NULL AS row, number, entry, leaves, 0 AS is_asked, leaves AS until FROM good WHERE kind = 'P'
    UNION ALL
    SELECT NULL, number, entry, leaves, 0, leaves FROM staying WHERE kind = 'P'
    UNION ALL
    SELECT row, number, entry, CASE WHEN NOT exit_wrong THEN leaves END, 1, NULL FROM judged SEMI JOIN asked USING (number)
    WHERE kind = 'C' AND entry IS NOT NULL AND NOT number_unknown
),
covered AS (
    SELECT row, entry, leaves, max(until) OVER (PARTITION BY number ORDER BY entry, is_asked ROWS UNBOUNDED PRECEDING) AS until
    FROM together
)
SELECT row, CASE WHEN until >= entry THEN 'ENR503' ELSE 'ENR502' END, NULL, CASE WHEN until >= entry THEN until ELSE entry END
FROM covered
WHERE row IS NOT NULL AND (until IS NULL OR until < entry OR until < leaves)
    AND row NOT IN (SELECT row FROM across WHERE code = 'ENR502')
    AND (until IS NULL OR until < entry OR row NOT IN (SELECT row FROM across WHERE code = 'ENR503'));
INSERT INTO turned SELECT DISTINCT row FROM across JOIN judged USING (row)
WHERE across.code IN ('ENR502', 'ENR503') AND NOT is_bad AND row NOT IN (SELECT row FROM turned);
INSERT INTO across
WITH mine AS (SELECT row, number, school, entry, leaves FROM good WHERE kind = 'P'),
open AS (
    SELECT c.number, c.school, c.entry, c.leaves, max(p.leaves) AS until FROM staying AS c
    LEFT JOIN (SELECT number, entry, leaves FROM mine UNION ALL SELECT number, entry, leaves FROM staying WHERE kind = 'P') AS p
        ON p.number = c.number AND c.entry BETWEEN p.entry AND p.leaves
    WHERE c.kind = 'C' GROUP BY ALL HAVING until IS NULL OR until < c.leaves
),
blamed AS (
    SELECT mine.row, min_by(open.school, open.entry) AS school, any_value(mine.leaves) AS leaves
    FROM open JOIN mine USING (number)
    LEFT JOIN stored AS b ON b.number = mine.number AND b.school = mine.school AND b.kind = 'P' AND b.entry = mine.entry
    WHERE CASE WHEN until > open.entry THEN open.entry BETWEEN mine.entry AND mine.leaves AND mine.leaves = until
        ELSE open.entry BETWEEN b.entry AND b.leaves END
    GROUP BY mine.row
)
SELECT row, 'ENR504', name, leaves FROM blamed JOIN organization ON id = school;
INSERT INTO turned SELECT row FROM across WHERE code = 'ENR504' AND row NOT IN (SELECT row FROM turned);
