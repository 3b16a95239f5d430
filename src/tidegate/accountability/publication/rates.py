"""The exact numbers that an indicator's published rates are made of: each student of its base once in each table.

Nothing here may be shown: it goes to the guard.
"""

from collections.abc import Mapping, Sequence

from tidegate.accountability.counting.indicator_students import Category, categories_of, count_once
from tidegate.accountability.guard.rates import MET, NO, YES, Rate, rate_release
from tidegate.accountability.guard.release import Release
from tidegate.accountability.indicators.indicator import Indicator
from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.publication_settings import Dimensions
from tidegate.accountability.publication.exact_counts import SEVERAL, ExactCounts, more_than_one

_TITLE = "Attainment"
_NAMES = {YES: "Met", NO: "Not met"}


def add_up_rates(
    indicator: Indicator, snapshot: Snapshot, tables: Sequence[Dimensions], *, smallest: int, edge: int
) -> ExactCounts:
    """Return how many of the base met an indicator, by each category that is published of it.

    Args:
        indicator: The indicator; it has data.
        snapshot: The snapshot.
        tables: Of each the category that it is counted by.
        smallest: The smallest number that is shown.
        edge: From which percent on, and up to 100 minus which, a percentage is coded.
    """
    known = {each.name: each for each in categories_of(snapshot)}
    wanted = list(dict.fromkeys(name for (name,) in tables))
    categories = [known[name] for name in wanted if name in known]
    groups = _groups(indicator, snapshot, categories)
    release = Release({MET: {}})
    if categories and all(groups.values()):
        release = rate_release(groups, smallest=smallest, edge=edge)
    names = {(MET, key): name for key, name in _NAMES.items()}
    for each in categories:
        names |= {(each.name, key): _named(each, key) for key in groups[each.name]}
    titles = {each.name: each.title for each in categories} | {MET: _TITLE}
    return ExactCounts(release, titles, names, [name for name in wanted if name not in known])


def _groups(
    indicator: Indicator, snapshot: Snapshot, categories: Sequence[Category]
) -> Mapping[str, Mapping[str, Rate]]:
    groups: dict[str, dict[str, Rate]] = {each.name: {} for each in categories}
    if not categories:
        return groups
    for keys, met, of in count_once(snapshot, indicator.bases(snapshot), categories, several=SEVERAL):
        for each, key in zip(categories, keys, strict=True):
            before = groups[each.name].get(key, Rate(0, 0))
            groups[each.name][key] = Rate(before.met + met, before.of + of)
    return groups


def _named(category: Category, key: str) -> str:
    if key == SEVERAL:
        return more_than_one(category.name)
    return category.values.get(key, key) if key else "Missing"
