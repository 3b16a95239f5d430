"""The codes that schools have reported, read off the stored lines: what they answer, and how they are exported."""

from collections.abc import Iterator

import polars as pl
from psycopg import sql

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.table import ReferenceFile
from tidegate.core.reference.taught_codes import TaughtCodes
from tidegate.records.stored_lines import stored_lines
from tidegate.reference.copy_rows import read_columns, staged, table_of
from tidegate.reference.database_table import DatabaseTable
from tidegate.reference.organization_keys import identifier_of

# From code to code, each found in the index: a school's records may be a million, its programs are few.
_AT_SCHOOLS = sql.SQL("""
    WITH RECURSIVE taught (school_id, year, code) AS (
        SELECT school_id, year, (
            SELECT min(known.{code}) FROM {table} known
            WHERE known.{school} = {schools}.school_id AND known.school_year_id = year AND known.replaced_at IS NULL
        ) FROM {schools} CROSS JOIN (VALUES ({year} - 1), ({year})) AS years (year)
        UNION ALL
        SELECT school_id, year, (
            SELECT min(known.{code}) FROM {table} known
            WHERE known.{school} = taught.school_id AND known.school_year_id = year AND known.replaced_at IS NULL
              AND known.{code} > taught.code
        ) FROM taught WHERE code IS NOT NULL
    )
    SELECT DISTINCT school_id, code FROM taught WHERE code IS NOT NULL
""")
_EXPORT = sql.SQL("""
    SELECT DISTINCT school_year_id || '-' || school_year_id + 1, {identifier}, {code}
    FROM {table} WHERE replaced_at IS NULL AND (school_year_id BETWEEN {first} AND {last} OR {is_every_year})
""")
_NOTHING = sql.SQL("SELECT NULL::text, NULL::text, NULL::text WHERE false")


class TaughtCodesInDatabase(DatabaseTable, TaughtCodes):
    """Answers from the lines on file that have a school and a code. They are exported for `check` and never
    imported."""

    def at_schools(self, school_ids: pl.Series, school_year: SchoolYear) -> pl.DataFrame:
        """Return what these schools have reported in the two years."""
        schools = pl.DataFrame({"school_id": school_ids.cast(pl.Int32).drop_nulls().unique()})
        found = self.schema.to_frame()
        if schools.is_empty():
            return found
        with staged("file_schools", schools):
            for names in _taught():
                query = _AT_SCHOOLS.format(**names, schools=sql.Identifier("file_schools"), year=school_year.first)
                found = pl.concat([found, read_columns(query, self.schema)])
        return found.unique(maintain_order=True)

    @classmethod
    def export(cls, school_year: SchoolYear | None) -> Iterator[tuple[ReferenceFile, sql.Composable]]:
        """Yield the one file; of a school year the year before as well."""
        year = school_year.first if school_year else 0
        years = {"first": year - 1, "last": year, "is_every_year": school_year is None}
        of_lines: list[sql.Composable] = [_EXPORT.format(**names, **years) for names in _taught()]
        yield cls.file, sql.SQL("{} ORDER BY 1, 2, 3").format(sql.SQL(" UNION ").join(of_lines or [_NOTHING]))


def _taught() -> list[dict[str, sql.Composable]]:
    """Return the table, and its columns with the school and the code, of all stored lines that have both."""
    return [
        {
            "table": sql.Identifier(table_of(lines.model)),
            "school": sql.Identifier(lines.taught[0]),
            "identifier": identifier_of(lines.taught[0]),
            "code": sql.Identifier(lines.taught[1]),
        }
        for lines in stored_lines()
        if lines.taught
    ]
