"""Rates: how many of each group met something, as a table of the groups by whether they did.

Whoever takes those who met it off the group has those who did not, so that both are numbers of one table, and the group
is its total. A hidden one is said to be below or above a percentage where the group is shown and large enough, and that
is a bound to whoever reads it. A 0 is hidden as a small number is: that nobody met it is said of everybody there.
"""

from collections.abc import Mapping
from typing import NamedTuple

from tidegate.accountability.guard.coding import Coded, coded_part
from tidegate.accountability.guard.release import Cell, Release, TwoWayTable

MET = "met"
"""The dimension of whether somebody met it, with the keys `YES` and `NO`."""
YES, NO = "yes", "no"


class Rate(NamedTuple):
    """How many of a group met something."""

    met: int
    of: int


def rate_release(groups: Mapping[str, Mapping[str, Rate]], *, smallest: int, edge: int) -> Release:
    """Return the rates of groups as a release.

    Args:
        groups: By each dimension: the groups by their keys, everybody in one of them.
        smallest: The smallest number that is shown.
        edge: From which percent on, and up to 100 minus which, a hidden number is said to be below or above.
    """
    first = next(iter(groups.values()))
    total = Rate(sum(rate.met for rate in first.values()), sum(rate.of for rate in first.values()))
    dimensions = {name: {key: rate.of for key, rate in by.items()} for name, by in groups.items()}
    coded: dict[Cell, Coded] = _coded((), total, smallest, edge)
    tables = []
    for name, by in groups.items():
        counts: dict[tuple[str, str], int] = {}
        for key, rate in by.items():
            counts |= {(key, YES): rate.met, (key, NO): rate.of - rate.met}
            coded |= _coded(((name, key),), rate, smallest, edge)
        tables.append(TwoWayTable(name, MET, counts))
    return Release({**dimensions, MET: {YES: total.met, NO: total.of - total.met}}, tuple(tables), coded=coded)


def _coded(group: Cell, rate: Rate, smallest: int, edge: int) -> dict[Cell, Coded]:
    parts = {YES: rate.met, NO: rate.of - rate.met}
    return {
        (*group, (MET, key)): coded_part(part, rate.of, smallest=smallest, edge=edge) for key, part in parts.items()
    }
