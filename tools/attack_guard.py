"""Attacks the guard for small cells: linear bounds for each hidden number of random releases, by HiGHS through SciPy.

    .venv/bin/python tools/attack_guard.py 10000
    .venv/bin/python tools/attack_guard.py --rates 1000

Whoever reads a release knows all that is shown, each total, that nobody is counted below zero, and that zeros are
shown: so a hidden number is at least 1, but in a row or a column that is hidden wholly. What is hidden and could only
be fewer values than 1 to n - 1 is a leak. Every third release has a second one after it, of the same people but some
who came, went or are counted otherwise, with one table more or less. It is attacked twice: by itself, and together with
the first by somebody who knows by how much each number has changed.

With --rates it is how many of each group met something. There a hidden number may be 0, and where the group is shown,
the percentage that is said of it is read as whole people: it is whatever number would be said to be the same. Only
whole numbers are possible, so the bounds are those of integer programs.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog

from tidegate.accountability.guard.earlier_releases import EarlierRelease
from tidegate.accountability.guard.hide import Guarded, earlier_release, guard
from tidegate.accountability.guard.rates import MET, YES, Rate, rate_release
from tidegate.accountability.guard.release import Cell, Release, TwoWayTable, is_in_line

_CLOSE = 1e-6
_EDGE = 5
Person = tuple[str, ...]
"""Somebody who is counted: the value of each dimension."""


class Leak(NamedTuple):
    """A hidden number, and the bounds within which it must be."""

    cell: Cell
    count: int
    lowest: float
    highest: float


class View(NamedTuple):
    """What a reader sees of a release."""

    release: Release
    guarded: Guarded

    def published(self) -> EarlierRelease:
        """Return what is shown and what is hidden."""
        return earlier_release(self.release, self.guarded)


def leaks_of(release: Release, guarded: Guarded, *, smallest: int, before: Sequence[View] = ()) -> list[Leak]:
    """Return the hidden numbers of which an attack finds out too much: of the release by itself, and of it together
    with those before."""
    last = View(release, guarded)
    found = _attacked([last], smallest)
    return found + _attacked([*before, last], smallest) if before else found


def _attacked(views: Sequence[View], smallest: int) -> list[Leak]:
    seen = [view.published() for view in views]
    shown = {cell for each in seen for cell in each.shown}
    shown |= {cell for each in seen for other in seen for cell in other.hidden if _shows_nobody_near(each, cell)}
    said = [_said_of(view, smallest) for view in views]
    falls, rises = _most_falls(seen, said, shown), _most_rises(seen, said)
    places = {cell: place for place, cell in enumerate(sorted(falls))}
    if not places:
        return []
    counts = {cell: count for each in seen for cell, count in each.hidden.items()}
    bounds = [(-falls[cell], rises.get(cell)) for cell in places]
    attack = _Attack(_equations(views, places), bounds, reach=smallest, is_whole=any(said))
    found = []
    for cell, place in places.items():
        lowest, most = counts[cell] - falls[cell], smallest - 2
        is_exact = len(views) == 1 and counts[cell] < smallest and counts[cell] <= lowest + most
        for down, up in attack.ranges(place):
            reaches = counts[cell] + down <= lowest + _CLOSE and counts[cell] + up >= lowest + most - _CLOSE
            if reaches if is_exact else up - down >= most - _CLOSE:
                break
        else:
            found.append(Leak(cell, counts[cell], counts[cell] + down, counts[cell] + up))
    return found


def _shows_nobody_near(release: EarlierRelease, cell: Cell) -> bool:
    """Whether a release says that nobody is counted in a number, or in all of its row or column."""
    lines: list[Cell] = [(pair,) for pair in cell]
    return release.shows_nobody_in(cell) or any(
        release.shows_nobody_in(line) or release.shown.get(line) == 0 for line in lines
    )


def _said_of(view: View, smallest: int) -> dict[Cell, tuple[int, int]]:
    """Return between which whole numbers each hidden one of a table of rates must be: from 0 on, and where its group is
    shown, what would be said to be the same share of it."""
    release, found = view.release, {}
    for cell in view.published().hidden:
        if cell[-1][0] != MET:
            continue
        group = cell[:-1]
        whole = release.dimensions[group[0][0]][group[0][1]] if group else release.total
        count = dict(release.cells()).get(cell, 0)
        is_shown = not group or group not in view.guarded.hidden
        others = [part for part in range(whole + 1) if _share(part, whole, smallest) == _share(count, whole, smallest)]
        found[cell] = (others[0], others[-1]) if is_shown else (0, release.total)
    return found


def _share(part: int, whole: int, smallest: int) -> str:
    """Return what is said of a share: too low, too high, nothing."""
    if whole < 2 * smallest:
        return "nothing, the group is small"
    least = max(Fraction(_EDGE * whole, 100), Fraction(smallest))
    return "low" if part < least else "high" if whole - part < least else "nothing"


def _most_rises(seen: Iterable[EarlierRelease], said: Iterable[Mapping[Cell, tuple[int, int]]]) -> dict[Cell, int]:
    """Return by how much each number can rise of which something is said."""
    rises: dict[Cell, int] = {}
    for each, of in zip(seen, said, strict=True):
        for cell, (_, highest) in of.items():
            own = highest - each.hidden[cell]
            rises[cell] = min(rises.get(cell, own), own)
    return rises


def _most_falls(
    seen: Iterable[EarlierRelease], said: Iterable[Mapping[Cell, tuple[int, int]]], shown: set[Cell]
) -> dict[Cell, int]:
    """Return by how much each number can fall that is hidden wherever it is published."""
    falls: dict[Cell, int] = {}
    for each, of in zip(seen, said, strict=True):
        closed = {cell for line in each.closed for cell in each.hidden if is_in_line(cell, line)}
        for cell, count in each.hidden.items():
            if cell not in shown:
                own = count - (of[cell][0] if cell in of else 0 if cell in closed else 1)
                falls[cell] = min(falls.get(cell, own), own)
    return falls


def _equations(views: Iterable[View], places: Mapping[Cell, int]) -> np.ndarray:
    """Return what must add up: for each total by how much it and its parts move, 0 in all."""
    rows = set()
    for view in views:
        for total, parts in _totals(view):
            row = [0] * len(places)
            for sign, cell in [(-1, total), *((1, part) for part in parts)]:
                if cell in places:
                    row[places[cell]] = sign
            rows.add(tuple(row))
    return np.array(sorted(rows))


def _totals(view: View) -> Iterator[tuple[Cell, list[Cell]]]:
    release, guarded = view
    for name, counts in release.dimensions.items():
        if name not in guarded.withheld_dimensions:
            yield (), [((name, key),) for key in counts]
    for table in filter(guarded.is_published, release.tables):
        for name in table.name:
            for key in release.dimensions[name]:
                yield ((name, key),), release.cells_of_line((table.name, (name, key)))


class _Attack:
    """By how much the hidden numbers of a release can move while all that is known stays true.

    A number is safe once two solutions are that far apart, whatever they were asked for: each solution is kept for all
    numbers, and the linear program of a number is solved where those before do not show yet that it is safe.
    """

    def __init__(
        self, matrix: np.ndarray, bounds: Sequence[tuple[int, int | None]], *, reach: int, is_whole: bool
    ) -> None:
        self._matrix, self._bounds, self._is_whole = matrix, bounds, is_whole
        # No number need rise further to be safe, and a solution within these bounds is one of all.
        self._near = [(low, reach if high is None else min(high, reach)) for low, high in bounds]
        self._lows = self._highs = np.zeros(len(bounds))

    def ranges(self, place: int) -> Iterator[tuple[float, float]]:
        """Yield the least and the most that a number can move, as far as is known, each time after more work; the last
        ones are exact."""
        yield self._lows[place], self._highs[place]
        for sign in (1, -1):
            self._solve(self._near, place, sign)
            yield self._lows[place], self._highs[place]
        yield self._solve(self._bounds, place, 1), self._solve(self._bounds, place, -1)

    def _solve(self, bounds: Sequence[tuple[int, int | None]], place: int, sign: int) -> float:
        aim = np.zeros(len(bounds))
        aim[place] = sign
        solved = linprog(
            aim,
            A_eq=self._matrix,
            b_eq=np.zeros(len(self._matrix)),
            bounds=bounds,
            method="highs",
            integrality=1 if self._is_whole else None,
        )
        if solved.status == 3:  # there is no bound
            return -sign * float("inf")
        assert solved.status == 0, solved.message
        self._lows, self._highs = np.minimum(self._lows, solved.x), np.maximum(self._highs, solved.x)
        return float(sign * solved.fun)


def random_people(chance: random.Random) -> list[Person]:
    """Return invented people, each with a value of some dimensions."""
    sizes = [chance.randint(2, 8), *(chance.randint(2, 6) for _ in range(chance.randint(1, 3)))]
    weights = [[chance.random() ** chance.choice((1, 3)) + 0.001 for _ in range(size)] for size in sizes]
    return [
        tuple(str(chance.choices(range(len(each)), each)[0]) for each in weights)
        for _ in range(chance.choice((30, 120, 500, 2000)))
    ]


def changed_people(chance: random.Random, people: Sequence[Person]) -> list[Person]:
    """Return the people of a corrected count: some have gone, some came, some are counted otherwise."""
    changed = chance.choice((0, 1, 3, len(people) // 10))
    stayed = chance.sample(people, len(people) - min(changed, len(people) // 2))
    others = [tuple(chance.choice(people)[place] for place in range(len(people[0]))) for _ in range(changed)]
    return stayed + others[: chance.randint(0, changed)]


def release_of(people: Sequence[Person], *, tables: Sequence[int] | None = None) -> Release:
    """Return the counts of people, by dimensions of which the first is crossed with some of the others."""
    names = [f"dimension {place}" for place in range(len(people[0]))]
    dimensions = {name: dict(Counter(each[place] for each in people)) for place, name in enumerate(names)}
    crossed = tuple(
        TwoWayTable(names[0], names[place], dict(Counter((each[0], each[place]) for each in people)))
        for place in (range(1, len(names)) if tables is None else tables)
    )
    return Release(dimensions, crossed)


def random_release(chance: random.Random) -> Release:
    """Return counts of invented people."""
    return release_of(random_people(chance))


def random_rates(chance: random.Random, *, smallest: int, has_second: bool) -> list[View]:
    """Return how many of invented people met something, as one release or as two one after the other."""
    chances = [chance.choice((0, 0.02, 0.2, 0.5, 0.9, 1)) for _ in range(8)]
    people = [(*person, YES if chance.random() < chances[int(person[0])] else "") for person in random_people(chance)]
    views: list[View] = []
    for counted in [people, *([changed_people(chance, people)] if has_second else [])]:
        groups = {
            f"dimension {place}": {
                key: Rate(sum(bool(each[-1]) for each in counted if each[place] == key), of)
                for key, of in Counter(each[place] for each in counted).items()
            }
            for place in range(len(counted[0]) - 1)
        }
        release = rate_release(groups, smallest=smallest, edge=_EDGE)
        views.append(View(release, guard(release, smallest=smallest, before=[each.published() for each in views])))
    return views


def random_views(chance: random.Random, *, smallest: int, has_second: bool) -> list[View]:
    """Return a release, or two of the same people one after the other, as they are published."""
    people = random_people(chance)
    places = list(range(1, len(people[0])))
    first = release_of(people, tables=chance.sample(places, chance.randint(1, len(places))) if has_second else None)
    views = [View(first, guard(first, smallest=smallest))]
    if has_second:
        second = release_of(changed_people(chance, people))
        views.append(View(second, guard(second, smallest=smallest, before=[views[0].published()])))
    return views


def main(first: int, count: int, *, are_rates: bool = False) -> int:
    """Attack so many random releases; say what was found, and return the exit status."""
    found: Counter[str] = Counter()
    began = time.monotonic()
    for number in range(first, first + count):
        chance = random.Random(number)  # noqa: S311 - the same releases each time
        smallest = chance.choice((3, 5, 10))
        views = (random_rates if are_rates else random_views)(chance, smallest=smallest, has_second=number % 3 == 0)
        last = views[-1]
        leaks = leaks_of(*views[0], smallest=smallest)
        if len(views) > 1:
            leaks += leaks_of(*last, smallest=smallest, before=views[:-1])
        found["leaks"] += len(leaks)
        found["second"] += len(views) - 1
        for view in views:
            found["small"] += len(view.guarded.small & view.guarded.hidden)
            found["hidden"] += len(view.guarded.hidden)
            found["withheld"] += len(view.guarded.withheld_tables) + len(view.guarded.withheld_dimensions)
            found["tables"] += len(view.release.tables)
            found["lines"] += len(view.guarded.closed)
        for leak in leaks:
            print(f"Release {number}, n {smallest}: {leak}", flush=True)
    print(
        f"{count} releases and {found['second']} second ones, {found['tables']} tables: {found['small']} numbers hidden"
        f" for their own sake, {found['hidden'] - found['small']} more, {found['lines']} whole rows or columns,"
        f" {found['withheld']} withheld, {found['leaks']} leaks, in {time.monotonic() - began:.0f} seconds"
    )
    return int(bool(found["leaks"]))


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description="Attack random releases")
    asked.add_argument("count", type=int, nargs="?", default=1000)
    asked.add_argument("--first", type=int, default=0, help="The number of the first release")
    asked.add_argument("--rates", action="store_true", help="How many of each group met something")
    chosen = asked.parse_args()
    sys.exit(main(chosen.first, chosen.count, are_rates=chosen.rates))
