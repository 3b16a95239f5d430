"""Compares the guard for small cells with an optimal suppression: an exact search by mixed-integer programs (HiGHS).

    .venv/bin/python tools/optimal_suppression.py 100

For each random table, by itself with its totals, the search finds the fewest numbers that must be hidden so that each
hidden one could be as many values as 1 to n - 1, just what the guard proves. Where there is no such choice at all the
table is left out, and the guard must have found none, either.
"""

import random
import sys
import time
from collections import Counter

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from tidegate.accountability.guard.hide import guard
from tidegate.accountability.guard.release import Cell, Release, TwoWayTable

_SECONDS = 120


def random_table(chance: random.Random) -> Release:
    """Return a table of invented people with its totals."""
    sizes = chance.randint(3, 7), chance.randint(3, 6)
    weights = [[chance.random() ** 2 + 0.02 for _ in range(size)] for size in sizes]
    people = [
        tuple(str(chance.choices(range(len(each)), each)[0]) for each in weights)
        for _ in range(chance.choice((100, 200, 400, 800)))
    ]
    dimensions = {name: dict(Counter(each[place] for each in people)) for place, name in enumerate(("rows", "columns"))}
    return Release(dimensions, (TwoWayTable("rows", "columns", dict(Counter(people))),))


class Search:
    """The exact search for one table."""

    def __init__(self, release: Release, smallest: int) -> None:
        self.counts = dict(release.cells())
        self.cells = sorted(self.counts)
        self.places = {cell: place for place, cell in enumerate(self.cells)}
        self.most = smallest - 2
        self.small = {cell for cell in self.cells if self.counts[cell] < smallest}
        self.sums = self._sums(release)

    def fewest(self) -> set[Cell] | None:
        """Return what is hidden in an optimal suppression; None where there is none.

        At first only the small numbers must be safe; whatever of the others is hidden and is not, must be from then on.
        """
        asked = set(self.small)
        while True:
            found = self._solve(asked)
            if found is None or not (unsafe := {cell for cell in found - asked if not self._is_safe(cell, found)}):
                return found
            asked |= unsafe

    def _sums(self, release: Release) -> list[dict[int, int]]:
        sums = []
        for name in release.dimensions:
            sums.append({self.places[(name, key),]: 1 for key in release.dimensions[name]})
            for key in release.dimensions[name]:
                line = release.cells_of_line((release.tables[0].name, (name, key)))
                parts = {self.places[cell]: 1 for cell in line if cell in self.places}
                sums.append(parts | {self.places[(name, key),]: -1})
        return sums

    def _program(self, asked: set[Cell]) -> tuple[np.ndarray, LinearConstraint, Bounds]:
        """Return a program: for each number whether it is hidden; then for each that is asked for, how all numbers move
        when it is at its highest, and at its lowest."""
        size, entries, lows, highs = len(self.cells), [], [], []

        def add(terms: dict[int, float], low: float, high: float) -> None:
            entries.extend((len(lows), place, factor) for place, factor in terms.items())
            lows.append(low)
            highs.append(high)

        for turn, cell in enumerate(sorted(asked)):
            at, own = size * (1 + 2 * turn), self.places[cell]
            for begin in (at, at + size):
                for terms in self.sums:
                    add({begin + place: factor for place, factor in terms.items()}, 0, 0)
                for place, other in enumerate(self.cells):
                    fall = min(self.counts[other] - 1, self.most)
                    add({begin + place: 1, place: -self.most}, -np.inf, 0)
                    add({begin + place: 1, place: fall}, 0, np.inf)
            if cell in self.small:
                add({at + own: 1}, self.most + 1 - self.counts[cell], np.inf)
                add({at + size + own: 1}, -np.inf, 1 - self.counts[cell])
            else:
                add({at + own: 1, at + size + own: -1, own: -self.most}, 0, np.inf)
        width = size * (1 + 2 * len(asked))
        rows, columns, factors = zip(*entries, strict=True)
        matrix = coo_array((factors, (rows, columns)), shape=(len(lows), width)).tocsr()
        low = np.full(width, -float(self.most))
        low[:size] = [cell in self.small for cell in self.cells]
        high = np.full(width, float(self.most))
        high[:size] = 1
        return np.arange(width) < size, LinearConstraint(matrix, lows, highs), Bounds(low, high)

    def _solve(self, asked: set[Cell]) -> set[Cell] | None:
        is_choice, constraint, bounds = self._program(asked)
        aim = is_choice.astype(float)
        options = {"time_limit": _SECONDS}
        solved = milp(aim, integrality=is_choice, constraints=constraint, bounds=bounds, options=options)
        if solved.status == 2:  # there is no choice
            return None
        if solved.status != 0:
            raise TimeoutError(solved.message)
        return {cell for place, cell in enumerate(self.cells) if solved.x[place] > 0.5}

    def _is_safe(self, cell: Cell, hidden: set[Cell]) -> bool:
        """Whether a hidden number can move by enough when just these are hidden."""
        is_choice, constraint, bounds = self._program({cell})
        bounds.lb[: len(self.cells)] = bounds.ub[: len(self.cells)] = [other in hidden for other in self.cells]
        return bool(milp(np.zeros(len(is_choice)), constraints=constraint, bounds=bounds).status == 0)


def main(count: int) -> int:
    """Compare on so many tables; say what was found, and return the exit status: 1 above 1.3 times the optimum."""
    own = best = small = compared = number = without = slow = 0
    began = time.monotonic()
    while compared < count:
        chance = random.Random(number)  # noqa: S311 - the same tables each time
        number += 1
        release, smallest = random_table(chance), chance.choice((3, 5, 10))
        search = Search(release, smallest)
        if not search.small:
            continue
        guarded = guard(release, smallest=smallest)
        try:
            optimal = search.fewest()
        except TimeoutError:
            slow += 1
            continue
        is_whole = not (guarded.withheld_tables or guarded.withheld_dimensions or guarded.closed)
        if optimal is None:
            assert not is_whole, f"Table {number}: the guard hides what the search says cannot be"
            without += 1
            continue
        compared += 1
        hidden = len(guarded.hidden) if is_whole else len(search.cells)
        own, best, small = own + hidden, best + len(optimal), small + len(search.small)
        if hidden > len(optimal):
            print(f"Table {number - 1}, n {smallest}: {hidden} hidden, {len(optimal)} at best", flush=True)
    ratio = (own - small) / max(1, best - small)
    print(
        f"{compared} tables: {small} small numbers, {own - small} more hidden by the guard, {best - small} by an"
        f" optimal suppression, {ratio:.3f} times as many; {without} tables have none, {slow} took too long, in"
        f" {time.monotonic() - began:.0f} seconds"
    )
    return int(ratio > 1.3)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
