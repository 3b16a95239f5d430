"""What a Perkins indicator is: how many of the students in its base met it, by each category, from frozen lines."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, NamedTuple

from psycopg import sql

from tidegate.accountability.counting.concentrators import concentrators, program_status
from tidegate.accountability.counting.indicator_students import (
    Category,
    CategoryCount,
    IndicatorBases,
    IndicatorStudent,
    categories_of,
    count_by_category,
    students_in,
)
from tidegate.accountability.definitions.definition import Definition
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.frozen_lines.definition import definition_of
from tidegate.accountability.models import Snapshot
from tidegate.core.errors import Refusal

PUBLISHED_WORDING = (
    "Indicators of performance as New York and North Dakota publish them; the Perkins Act, section 113(b)(2)(A)"
)
"""Where the sentences that say what is counted are published."""
ALL = "all"
"""The category of the total."""


class IndicatorCount(NamedTuple):
    """One pair of numbers of an indicator.

    Attributes:
        indicator: The code, such as `5S2`.
        category: What students are counted by: `all`, `school`, `program`, `sex`, `race`, or a special population by
            the name that the state's model gives it in `counted_by`.
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

    @property
    def percent(self) -> str:
        """The share in percent with two places, blank where there is none."""
        if self.numerator is None or not self.denominator:
            return ""
        return f"{100 * self.numerator / self.denominator:.2f}"


class Indicator(ABC):
    """An indicator of the Perkins Act.

    Attributes:
        code: Its code in the Act's reports, such as `5S2`.
        title: What people call it.
        wording: The sentence that says what is counted.
        source: Where the sentence is published.
        moved_by: What would move it: what one more student in the base would need, to be met.
        of_leavers: Whether its students are those who left school in the calendar year in which the school year begins.
            Of the school year that was under way, and of this one, another indicator may count the same.
        to_confirm: Whether the state has still to confirm that it counts so; the report says it.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    wording: ClassVar[str]
    source: ClassVar[str]
    moved_by: ClassVar[str] = ""
    of_leavers: ClassVar[bool] = False
    to_confirm: ClassVar[bool] = False

    @abstractmethod
    def why_no_data(self, snapshot: Snapshot, *, definition: str | Definition = "") -> str:
        """Return why nothing can be counted, as a sentence; blank where it can."""

    @abstractmethod
    def rows(self, snapshot: Snapshot, *, definition: str | Definition = "") -> sql.Composable:
        """Return the query of the base: student, school and program, each once, and whether it `is_met`.

        Args:
            snapshot: The snapshot.
            definition: The definition, or the school year whose definition is used; blank is the snapshot's own.
        """

    def counts(
        self,
        snapshot: Snapshot,
        *,
        reach: Reach = None,
        definition: str | Definition = "",
        categories: Iterable[Category] | None = None,
    ) -> Iterator[IndicatorCount]:
        """Yield the total first, then each category. No data is one total of None, never 0.

        A student is counted once in the total. The parts of `sex`, `race` and of each special population add up to it;
        a student of two programs or schools is counted in both.

        Args:
            snapshot: The snapshot.
            reach: The organizations whose students are counted; None is the whole state.
            definition: The definition, or the school year whose definition is used; blank is the snapshot's own.
            categories: What students are counted by, where it has been read before.
        """
        if self.why_no_data(snapshot, definition=definition):
            yield self.no_data
            return
        by = list(categories_of(snapshot) if categories is None else categories)
        numbers = count_by_category(snapshot, self.bases(snapshot, definition=definition), by, reach=reach)
        yield from self.named(numbers[self.code], by)

    @property
    def no_data(self) -> IndicatorCount:
        """The total where there is no data."""
        return IndicatorCount(self.code, ALL, "", "All", None, None)

    def named(self, numbers: Iterable[CategoryCount], categories: Iterable[Category]) -> Iterator[IndicatorCount]:
        """Yield numbers with what people call their keys."""
        known = {each.name: each for each in categories}
        for category, key, met, of in numbers:
            yield IndicatorCount(self.code, category or ALL, key, _name(known, category, key), met, of)

    def bases(self, snapshot: Snapshot, *, definition: str | Definition = "") -> IndicatorBases:
        """Return its base, with those of the indicators that are counted together with it."""
        return IndicatorBases(self.code, {}, {self.code: self.rows(snapshot, definition=definition)})

    def students(
        self,
        snapshot: Snapshot,
        category: str,
        key: str,
        *,
        is_met: bool | None = None,
        reach: Reach = None,
        definition: str | Definition = "",
        start: int = 0,
        limit: int | None = None,
    ) -> Iterator[IndicatorStudent]:
        """Yield the students behind a number, in order; none where there is no data.

        Args:
            snapshot: The snapshot.
            category: What the number is by.
            key: The value.
            is_met: True for the numerator, False for those who did not meet it, None for the denominator.
            reach: The organizations whose students may be seen.
            definition: The definition, or the school year whose definition is used; blank is the snapshot's own.
            start: How many are left out.
            limit: How many are returned at most.
        """
        chosen = next((each for each in categories_of(snapshot) if each.name == category), None)
        if self.why_no_data(snapshot, definition=definition) or (chosen is None and category != ALL):
            return iter(())
        bases = self.bases(snapshot, definition=definition)
        return students_in(snapshot, bases, chosen, key, is_met=is_met, reach=reach, start=start, limit=limit)


def _name(categories: dict[str, Category], category: str, key: str) -> str:
    if not category:
        return "All"
    return categories[category].values.get(key, key) if key else "Missing"


class ByDefinition(Indicator):
    """An indicator whose students are concentrators by a definition of the state.

    Attributes:
        counted_with: The indicators that are counted together with it, itself among them, in one statement: who is a
            concentrator is then found once. None is that it is counted alone.
    """

    counted_with: Sequence["ByDefinition"] = ()

    @abstractmethod
    def missing(self, snapshot: Snapshot, definition: Definition) -> str:
        """Return what the snapshot or the definition lacks, as a sentence; blank is nothing."""

    def why_no_data(self, snapshot: Snapshot, *, definition: str | Definition = "") -> str:
        """Return what is missing: what the indicator asks for, the definition, or lines with courses."""
        try:
            found = definition_of(snapshot, definition)
            if lacks := self.missing(snapshot, found):
                return lacks
            program_status(snapshot, found)
        except Refusal as refusal:
            return refusal.message
        return ""

    def shared(self, snapshot: Snapshot, definition: Definition) -> dict[str, sql.Composable]:
        """Return what its base reads beside frozen lines, by its name: `concentrator`, and what else several read."""
        return {"concentrator": concentrators(snapshot, definition)}

    @abstractmethod
    def base(self, snapshot: Snapshot, definition: Definition) -> sql.Composable:
        """Return the query of the base, as `rows` has it, which reads what is shared by its name."""

    def rows(self, snapshot: Snapshot, *, definition: str | Definition = "") -> sql.Composable:
        """Return the query of the base, which stands alone."""
        found = definition_of(snapshot, definition)
        shared = sql.SQL(", ").join(
            sql.SQL("{} AS MATERIALIZED ({})").format(sql.Identifier(name), query)
            for name, query in self.shared(snapshot, found).items()
        )
        return sql.SQL("WITH {} {}").format(shared, self.base(snapshot, found))

    def bases(self, snapshot: Snapshot, *, definition: str | Definition = "") -> IndicatorBases:
        """Return the bases of all those counted together that have data."""
        found = definition_of(snapshot, definition)
        together = self.counted_with or (self,)
        able = [each for each in together if each is self or not each.why_no_data(snapshot, definition=found)]
        shared = {name: query for each in able for name, query in each.shared(snapshot, found).items()}
        return IndicatorBases(self.code, shared, {each.code: each.base(snapshot, found) for each in able})


class WithoutData(Indicator):
    """An indicator that needs what the state does not collect here: it has no data, never 0."""

    needs: ClassVar[str]
    """What is missing, as in "No file type brings the results of state tests"."""

    def why_no_data(self, snapshot: Snapshot, *, definition: str | Definition = "") -> str:  # noqa: ARG002 - always the same
        """Return what is missing."""
        return self.needs

    def rows(self, snapshot: Snapshot, *, definition: str | Definition = "") -> sql.Composable:  # noqa: ARG002 - always the same
        """Return a query without rows."""
        return sql.SQL(
            "SELECT NULL::text AS student, NULL::text AS school, NULL::text AS program, false AS is_met WHERE false"
        )
