"""The CTE codes that schools have reported, read off the CTE records: what they answer, and how they are exported."""

from collections.abc import Iterator

import polars as pl
from psycopg import sql

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.table import ReferenceFile
from tidegate.core.reference.taught_codes import TaughtCodes
from tidegate.reference.copy_rows import read_columns, staged
from tidegate.reference.database_table import DatabaseTable
from tidegate.reference.organization_keys import identifier_of

# From code to code, each found in the index: a school's records may be a million, its programs are few.
_AT_SCHOOLS = sql.SQL("""
    WITH RECURSIVE taught (school_id, year, cte_code) AS (
        SELECT school_id, year, (
            SELECT min(known.cte_code) FROM records_cterecord known
            WHERE known.school_id = {schools}.school_id AND known.school_year_id = year AND known.replaced_at IS NULL
        ) FROM {schools} CROSS JOIN (VALUES ({year} - 1), ({year})) AS years (year)
        UNION ALL
        SELECT school_id, year, (
            SELECT min(known.cte_code) FROM records_cterecord known
            WHERE known.school_id = taught.school_id AND known.school_year_id = year AND known.replaced_at IS NULL
              AND known.cte_code > taught.cte_code
        ) FROM taught WHERE cte_code IS NOT NULL
    )
    SELECT DISTINCT school_id, cte_code FROM taught WHERE cte_code IS NOT NULL
""")
_EXPORT = sql.SQL("""
    SELECT DISTINCT school_year_id || '-' || school_year_id + 1, {}, cte_code
    FROM records_cterecord WHERE replaced_at IS NULL AND (school_year_id BETWEEN {} AND {} OR {}) ORDER BY 1, 2, 3
""")


class TaughtCodesInDatabase(DatabaseTable, TaughtCodes):
    """Answers from the CTE records on file. They are exported for `check` and never imported."""

    def at_schools(self, school_ids: pl.Series, school_year: SchoolYear) -> pl.DataFrame:
        """Return what these schools have reported in the two years."""
        schools = pl.DataFrame({"school_id": school_ids.cast(pl.Int32).drop_nulls().unique()})
        if schools.is_empty():
            return self.schema.to_frame()
        with staged("file_schools", schools):
            query = _AT_SCHOOLS.format(schools=sql.Identifier("file_schools"), year=school_year.first)
            return read_columns(query, self.schema)

    @classmethod
    def export(cls, school_year: SchoolYear | None) -> Iterator[tuple[ReferenceFile, sql.Composable]]:
        """Yield the one file; of a school year the year before as well."""
        year = school_year.first if school_year else 0
        yield cls.file, _EXPORT.format(identifier_of("school_id"), year - 1, year, school_year is None)
