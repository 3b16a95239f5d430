"""Perkins indicators of a snapshot, one file each: found by being there."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from tidegate.accountability.counting.indicator_students import CategoryCount, categories_of, count_by_category
from tidegate.accountability.definitions.definition import Definition
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.frozen_lines.definition import definition_of
from tidegate.accountability.indicators.indicator import ByDefinition, Indicator, IndicatorCount
from tidegate.accountability.models import Snapshot
from tidegate.core.errors import Refusal


class CountedIndicator(NamedTuple):
    """An indicator with its numbers, the total first, and what it was counted by; without data it has the reason, as a
    sentence."""

    indicator: Indicator
    why_no_data: str
    counts: tuple[IndicatorCount, ...]
    definition: str | Definition

    @property
    def assumed(self) -> tuple[str, ...]:
        """What the definition assumes where no source gives the state's value, as sentences without a full stop."""
        if self.why_no_data or not isinstance(self.definition, Definition):
            return ()
        return tuple(self.definition.file.to_be_set.values())


@cache
def find_indicators() -> dict[str, Indicator]:
    """Return every indicator by its code, in the order of the codes."""
    found: dict[str, Indicator] = {}
    for module in pkgutil.iter_modules(__path__):
        parts = vars(importlib.import_module(f"{__name__}.{module.name}")).values()
        own = [each for each in parts if inspect.isclass(each) and issubclass(each, Indicator)]
        found |= {each.code: each() for each in own if not inspect.isabstract(each) and hasattr(each, "code")}
    found = dict(sorted(found.items()))
    together = [each for each in found.values() if isinstance(each, ByDefinition)]
    for each in together:
        each.counted_with = together
    return found


def count_indicators(
    snapshot: Snapshot, indicators: Iterable[Indicator] | None = None, *, reach: Reach = None
) -> Iterator[CountedIndicator]:
    """Yield each indicator with its numbers. The definition and the names in the snapshot are read once for all.

    Args:
        snapshot: The snapshot.
        indicators: The indicators; None is every one, in the order of the codes.
        reach: The organizations whose students are counted; None is the whole state.
    """
    definition, categories = _definition_of(snapshot), categories_of(snapshot)
    numbers: dict[str, list[CategoryCount]] = {}
    for each in find_indicators().values() if indicators is None else indicators:
        if why_no_data := each.why_no_data(snapshot, definition=definition):
            yield CountedIndicator(each, why_no_data, (each.no_data,), definition)
            continue
        if each.code not in numbers:
            numbers |= count_by_category(snapshot, each.bases(snapshot, definition=definition), categories, reach=reach)
        yield CountedIndicator(each, "", tuple(each.named(numbers[each.code], categories)), definition)


def _definition_of(snapshot: Snapshot) -> str | Definition:
    try:
        return definition_of(snapshot)
    except Refusal:
        return ""  # each indicator that needs one says that there is none
