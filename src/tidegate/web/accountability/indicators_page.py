"""What the page of the indicators shows: each with its numbers in tables, or why it has no data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.text import capfirst

from tidegate.accountability.counting.indicator_students import categories_of
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.indicators import CountedIndicator, count_indicators
from tidegate.accountability.indicators.indicator import ALL, Indicator, IndicatorCount
from tidegate.accountability.models import Snapshot


@dataclass(frozen=True)
class ShownCount:
    """A pair of numbers, with the addresses' queries of the students behind each."""

    count: IndicatorCount

    @property
    def numerator_query(self) -> str:
        """The query of the students who met the indicator."""
        return self._query("numerator")

    @property
    def denominator_query(self) -> str:
        """The query of the students of the base."""
        return self._query("denominator")

    @property
    def not_met_query(self) -> str:
        """The query of the students of the base who did not meet it."""
        return self._query("not-met")

    @property
    def not_met_count(self) -> int:
        """How many students of the base did not meet it."""
        return (self.count.denominator or 0) - (self.count.numerator or 0)

    def _query(self, part: str) -> str:
        named = {"indicator": self.count.indicator, "category": self.count.category, "key": self.count.key}
        return urlencode(named | {"part": part})


@dataclass(frozen=True)
class ShownIndicator:
    """An indicator with its total and its tables by title, and what is assumed for it; without data it has the reason
    instead."""

    indicator: Indicator
    why_no_data: str
    assumed: tuple[str, ...]
    total: ShownCount
    tables: Mapping[str, list[ShownCount]]

    @property
    def move_in_words(self) -> str:
        """What would move the number, and by how much; blank where there is nobody to move it."""
        base = self.total.count.denominator
        if not base or not self.total.not_met_count:
            return ""
        return f"One more student with {self.indicator.moved_by} moves it by {100 / base:.2f} percentage points."


def shown_indicators(snapshot: Snapshot, reach: Reach) -> list[ShownIndicator]:
    """Return every indicator, in the order of the codes."""
    titles = _titles(snapshot)
    return [_shown(counted, titles) for counted in count_indicators(snapshot, reach=reach)]


def titles_of(snapshot: Snapshot) -> dict[str, str]:
    """Return what people call each category."""
    return {each.name: each.title for each in categories_of(snapshot)}


def _shown(counted: CountedIndicator, titles: Mapping[str, str]) -> ShownIndicator:
    total, *others = (ShownCount(each) for each in counted.counts)
    tables: dict[str, list[ShownCount]] = {}
    for each in others:
        if each.count.category != ALL:
            tables.setdefault(titles.get(each.count.category, each.count.category), []).append(each)
    return ShownIndicator(counted.indicator, counted.why_no_data, counted.assumed, total, tables)


def _titles(snapshot: Snapshot) -> dict[str, str]:
    """Return the titles without asking for the names of the values."""
    counted_by: dict[str, Any] = next((table["counted_by"] for table in snapshot.tables if "counted_by" in table), {})
    named = {name: capfirst(str(of["title"])) for name, of in counted_by.items()}
    return {"school": "School", "program": "Program", "sex": "Sex"} | named
