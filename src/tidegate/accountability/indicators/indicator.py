"""What a Perkins indicator is: how many of the students in its base met it, by each category, from frozen lines."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from psycopg import sql

from tidegate.accountability.frozen_cells import Reach
from tidegate.accountability.models import Snapshot
from tidegate.reference.copy_rows import raw_cursor

ALL = "all"
"""The category of the total."""
_TOTAL = sql.SQL("""
    SELECT count(DISTINCT student) FILTER (WHERE is_met), count(DISTINCT student) FROM ({rows}) base
    WHERE {reach}::text[] IS NULL OR school = ANY({reach}::text[])
""")


class IndicatorCount(NamedTuple):
    """One pair of numbers of an indicator.

    Attributes:
        indicator: The code, such as `5S2`.
        category: What students are counted by: `all`, `sex`, `race`, one for each special population, `cluster`,
            `program` or `school`.
        key: The value, as a code or an ID; blank is missing, which is a part of its own.
        name: What people call the value.
        numerator: How many students of the base met the indicator; None is no data.
        denominator: How many students the base has; None is no data.
    """

    indicator: str
    category: str
    key: str
    name: str
    numerator: int | None
    denominator: int | None


class Indicator(ABC):
    """An indicator of the Perkins Act.

    Attributes:
        code: Its code in the Act's reports, such as `5S2`.
        title: What people call it.
        wording: The sentence that says what is counted.
        source: Where the sentence is published.
        to_confirm: Whether the state has still to confirm that it counts so; the report says it.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    wording: ClassVar[str]
    source: ClassVar[str]
    to_confirm: ClassVar[bool] = False

    @abstractmethod
    def why_no_data(self, snapshot: Snapshot, *, definition: str = "") -> str:
        """Return why nothing can be counted, as a sentence; blank where it can."""

    @abstractmethod
    def rows(self, snapshot: Snapshot, *, definition: str = "") -> sql.Composable:
        """Return the query of the base: student, school and program, each once, and whether it `is_met`.

        Args:
            snapshot: The snapshot.
            definition: The school year whose definitions are used; blank is the snapshot's own.
        """

    def counts(self, snapshot: Snapshot, *, reach: Reach = None, definition: str = "") -> Iterator[IndicatorCount]:
        """Yield the total first, then each category. No data is one total of None, never 0.

        A student is counted once in the total. The parts of `sex`, `race` and of each special population add up to it;
        a student of two programs or schools is counted in both.

        Args:
            snapshot: The snapshot.
            reach: The organizations whose students are counted; None is the whole state.
            definition: The school year whose definitions are used; blank is the snapshot's own.
        """
        if self.why_no_data(snapshot, definition=definition):
            yield IndicatorCount(self.code, ALL, "", "All", None, None)
            return
        query = _TOTAL.format(
            rows=self.rows(snapshot, definition=definition), reach=sql.Literal(None if reach is None else list(reach))
        )
        with raw_cursor() as cursor:
            cursor.execute(query)
            met, of = cursor.fetchall()[0]
        yield IndicatorCount(self.code, ALL, "", "All", int(str(met)), int(str(of)))


class WithoutData(Indicator):
    """An indicator that needs what the state does not collect here: it has no data, never 0."""

    needs: ClassVar[str]
    """What is missing, as in "No file type brings the results of state tests"."""

    def why_no_data(self, snapshot: Snapshot, *, definition: str = "") -> str:  # noqa: ARG002 - always the same
        """Return what is missing."""
        return self.needs

    def rows(self, snapshot: Snapshot, *, definition: str = "") -> sql.Composable:  # noqa: ARG002 - always the same
        """Return a query without rows."""
        return sql.SQL(
            "SELECT NULL::text AS student, NULL::text AS school, NULL::text AS program, false AS is_met WHERE false"
        )
