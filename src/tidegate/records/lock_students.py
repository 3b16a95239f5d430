"""Locks the students of a file in the database, before anything is asked about them."""

import polars as pl
from psycopg import sql

from tidegate.core.reference.students import Students
from tidegate.records.student_keys import as_integer, key_limits, student_keys
from tidegate.reference.copy_rows import copy_rows, raw_cursor, read_columns, stage

_NOTED = "noted_students"
_LOCK = sql.SQL("""
    SELECT {} FROM (
        SELECT number FROM records_student JOIN (SELECT DISTINCT number FROM {}) noted USING (number)
        WHERE number BETWEEN {} AND {}
        ORDER BY number FOR NO KEY UPDATE OF records_student
    ) locked
""")


class StudentLocks:
    """The students of one file: noted slice by slice, then locked all at once, in the order of their numbers, until the
    transaction ends. The order makes a deadlock impossible."""

    table = _NOTED

    def __init__(self, *, is_locking: bool, others: sql.Composable | None = None) -> None:
        """Prepare the locks.

        Args:
            is_locking: Whether students are locked.
            others: A query of more students, whom the file does not name: lines of theirs may change with it.
        """
        self.is_locking = is_locking
        self._others = others
        self.numbers: pl.DataFrame | None = None
        self._parts: list[pl.Series] = []
        self._noted = pl.Series(dtype=pl.Int64)
        self._limits: tuple[str, str] | None = None

    def are_noted(self, numbers: pl.Series) -> bool:
        """Whether all of these students were noted."""
        if self._noted.is_empty():
            return False
        asked = numbers.drop_nulls().cast(self._noted.dtype)
        positions = self._noted.search_sorted(asked).clip(upper_bound=self._noted.len() - 1)
        return bool((self._noted.gather(positions) == asked).all())

    def note(self, numbers: pl.Series) -> None:
        """Note some of the file's students."""
        keys = student_keys(numbers)
        self._parts.append(numbers.drop_nulls().unique())
        if self._limits is None:
            stage(_NOTED, keys)
        else:
            copy_rows(_NOTED, keys)
        limits = [limit for limit in (*key_limits(keys), *(self._limits or ())) if limit]
        self._limits = (min(limits, default=""), max(limits, default=""))

    def lock(self) -> None:
        """Lock the noted students, and the others with them, until the transaction ends."""
        if self._limits is None:
            return
        if self._others is not None:
            self.note(read_columns(self._others, Students.schema).to_series())
        table = sql.Identifier(_NOTED)
        with raw_cursor() as cursor:
            cursor.execute(sql.SQL("ANALYZE {}").format(table))
        self.numbers = read_columns(_LOCK.format(as_integer("number"), table, *self._limits), Students.schema)
        self._noted = pl.concat(self._parts).unique().sort()
        self._parts = []
        self._limits = None  # the table stays until the transaction ends: more is asked about these students
