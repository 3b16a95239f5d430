"""How many students are in two parts of a total, as SQL over the frozen lines."""

from psycopg import sql

from tidegate.accountability.department.form import Pair
from tidegate.reference.copy_rows import raw_cursor

_AGAIN = sql.SQL("""
    SELECT COALESCE(sum(greatest(met - 1, 0)), 0), COALESCE(sum(parts - 1), 0) FROM (
        SELECT student, count(DISTINCT COALESCE(program, '')) AS parts,
            count(DISTINCT COALESCE(program, '')) FILTER (WHERE is_met) AS met
        FROM ({rows}) base GROUP BY student
    ) each
""")


def overlaps_by_program(rows: sql.Composable) -> Pair:
    """Return how often students of the query of a base are counted a second, third or further time by program."""
    with raw_cursor() as cursor:
        cursor.execute(_AGAIN.format(rows=rows))
        met, of = cursor.fetchall()[0]
    return Pair(int(str(met)), int(str(of)))
