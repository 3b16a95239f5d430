"""The requests for a state student number in the database: what they answer, and how they are exported."""

from collections.abc import Iterator

import polars as pl
from psycopg import sql

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.number_requests import NumberRequests
from tidegate.core.reference.table import ReferenceFile
from tidegate.reference.copy_rows import read_columns, staged
from tidegate.reference.database_table import DatabaseTable
from tidegate.reference.organization_keys import identifier_of

_ANSWERED = sql.SQL("""
    SELECT request_key, student_id FROM records_numberrequest JOIN {} USING (request_key) WHERE student_id IS NOT NULL
""")
_EXPORT = sql.SQL("""
    SELECT {}, NULLIF(school_student_id, ''), last_name, first_name, NULLIF(middle_name, ''), NULLIF(suffix, ''),
        date_of_birth, student_id
    FROM records_numberrequest WHERE student_id IS NOT NULL ORDER BY id
""")


class NumberRequestsInDatabase(DatabaseTable, NumberRequests):
    """Answers from the requests on file. They are exported for `check` and never imported."""

    def answered(self, request_keys: pl.Series) -> pl.DataFrame:
        """Return those of the requests that got a number."""
        keys = pl.DataFrame({"request_key": request_keys.drop_nulls().unique()}, schema={"request_key": pl.String})
        with staged("file_requests", keys):
            return read_columns(_ANSWERED.format(sql.Identifier("file_requests")), self.schema)

    @classmethod
    def export(cls, school_year: SchoolYear | None) -> Iterator[tuple[ReferenceFile, sql.Composable]]:  # noqa: ARG003
        """Yield the one file, the same in every year."""
        yield cls.file, _EXPORT.format(identifier_of("sau_id"))
