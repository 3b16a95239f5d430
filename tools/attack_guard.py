"""Attacks the guard for small cells: linear bounds for each hidden number of random releases, by HiGHS through SciPy.

    .venv/bin/python tools/attack_guard.py 10000

Whoever reads the release knows all that is shown, each total, that nobody is counted below zero, and that zeros are
shown: so a hidden number is at least 1. What is hidden and could only be fewer values than 1 to n - 1 is a leak.
"""

import random
import sys
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog

from tidegate.accountability.guard.hide import Guarded, guard
from tidegate.accountability.guard.release import Cell, Release, TwoWayTable

_CLOSE = 1e-6


class Leak(NamedTuple):
    """A hidden number, and the bounds within which it must be."""

    cell: Cell
    count: int
    lowest: float
    highest: float


def leaks_of(release: Release, guarded: Guarded, *, smallest: int) -> list[Leak]:
    """Return the hidden numbers of which an attack finds out too much."""
    cells = [cell for cell in guarded.hidden if _is_published(release, guarded, cell)]
    counts = dict(release.cells())
    places = {cell: place for place, cell in enumerate(sorted(cells))}
    if not places:
        return []
    matrix, sums = _equations(release, guarded, places)
    found = []
    for cell, place in places.items():
        lowest, highest = (_bound(matrix, sums, len(places), place, sign) for sign in (1, -1))
        small = counts[cell] < smallest
        is_wide = highest - lowest >= smallest - 2 - _CLOSE
        reaches = lowest <= 1 + _CLOSE and highest >= smallest - 1 - _CLOSE
        if not (reaches if small else is_wide):
            found.append(Leak(cell, counts[cell], lowest, highest))
    return found


def random_release(chance: random.Random) -> Release:
    """Return counts of invented people, by dimensions of which the first is crossed with each other one."""
    sizes = [chance.randint(2, 8), *(chance.randint(2, 6) for _ in range(chance.randint(1, 3)))]
    names = [f"dimension {place}" for place in range(len(sizes))]
    weights = [[chance.random() ** chance.choice((1, 3)) + 0.001 for _ in range(size)] for size in sizes]
    dimensions: dict[str, dict[str, int]] = {name: {} for name in names}
    tables: list[dict[tuple[str, str], int]] = [{} for _ in names[1:]]
    for _ in range(chance.choice((30, 120, 500, 2000))):
        keys = [str(chance.choices(range(len(each)), each)[0]) for each in weights]
        for name, key in zip(names, keys, strict=True):
            dimensions[name][key] = dimensions[name].get(key, 0) + 1
        for table, key in zip(tables, keys[1:], strict=True):
            table[keys[0], key] = table.get((keys[0], key), 0) + 1
    crossed = tuple(TwoWayTable(names[0], name, table) for name, table in zip(names[1:], tables, strict=True))
    return Release(dimensions, crossed)


def _is_published(release: Release, guarded: Guarded, cell: Cell) -> bool:
    if len(cell) == 1:
        return cell[0][0] not in guarded.withheld_dimensions
    named = (cell[0][0], cell[1][0])
    return any((table.rows, table.columns) == named and guarded.is_published(table) for table in release.tables)


def _equations(release: Release, guarded: Guarded, places: dict[Cell, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return what must add up: a row for each total, with what is known of it on the other side."""
    rows, sums = [], []
    for total, parts in _totals(release, guarded):
        row, known = np.zeros(len(places)), 0
        for sign, cell, count in [(-1, *total), *((1, *part) for part in parts)]:
            if cell in places:
                row[places[cell]] = sign
            else:
                known += sign * count
        rows.append(row)
        sums.append(-known)
    return np.array(rows), np.array(sums)


def _totals(release: Release, guarded: Guarded) -> Iterator[tuple[tuple[Cell, int], list[tuple[Cell, int]]]]:
    for name, counts in release.dimensions.items():
        if name not in guarded.withheld_dimensions:
            yield ((), release.total), [(((name, key),), count) for key, count in counts.items()]
    for table in filter(guarded.is_published, release.tables):
        for at, name in enumerate((table.rows, table.columns)):
            for key, count in release.dimensions[name].items():
                parts = [(table.cell(*keys), part) for keys, part in table.counts.items() if keys[at] == key]
                yield (((name, key),), count), parts


def _bound(matrix: np.ndarray, sums: np.ndarray, size: int, place: int, sign: int) -> float:
    aim = np.zeros(size)
    aim[place] = sign
    solved = linprog(aim, A_eq=matrix, b_eq=sums, bounds=[(1, None)] * size, method="highs")
    if solved.status == 3:  # there is no bound
        return -sign * float("inf")
    assert solved.status == 0, solved.message
    return float(sign * solved.fun)


def main(count: int) -> int:
    """Attack so many random releases; say what was found, and return the exit status."""
    leaks = hidden = small = withheld = 0
    for number in range(count):
        chance = random.Random(number)  # noqa: S311 - the same releases each time
        release, smallest = random_release(chance), chance.choice((3, 5, 10))
        guarded = guard(release, smallest=smallest)
        found = leaks_of(release, guarded, smallest=smallest)
        leaks += len(found)
        withheld += len(guarded.withheld_tables) + len(guarded.withheld_dimensions)
        published = [each for each in guarded.hidden if _is_published(release, guarded, each)]
        counts = dict(release.cells())
        hidden += len(published)
        small += sum(counts[each] < smallest for each in published)
        for leak in found:
            print(f"Release {number}, n {smallest}: {leak}")
    print(f"{count} releases: {small} small numbers, {hidden - small} more hidden, {withheld} withheld, {leaks} leaks")
    return int(bool(leaks))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
