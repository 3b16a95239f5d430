"""What somebody finds out who reads several releases of the same count together, and knows by how much each number has
changed between them.

To such a reader a number is one, whatever releases it is in, so it moves in all of them alike, and one that is shown
anywhere is known. How far each can fall is what the releases together leave; with that instead of the numbers, what
protects them is proved as for one release.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tidegate.accountability.guard.case import Case, Reader
from tidegate.accountability.guard.earlier_releases import EarlierRelease, Known, dimensions_of
from tidegate.accountability.guard.prover import Prover
from tidegate.accountability.guard.release import Cell, Release, TwoWayTable


@dataclass
class _Together(Case):
    """The hidden numbers of several releases. `highest` is how far each can rise, where that has an end."""

    highest: dict[Cell, int] = field(default_factory=dict)

    def readers_of(self, cell: Cell) -> tuple[Reader, ...]:  # noqa: ARG002 - the same for each
        """Return the one reader: as many values as 1 to n - 1 must be possible."""
        lowest = dict.fromkeys(self.hidden, 0)
        return (Reader(self.smallest, self.hidden, set(), lowest, self.highest, is_exact=False),)


def find_disclosed(releases: Sequence[EarlierRelease], *, smallest: int) -> list[Cell]:
    """Return the numbers that are hidden in every release that has them, and that all of them together give away."""
    room = most_falls(releases)
    names = {dimensions_of(cell) for each in releases for cell in (*each.shown, *each.hidden)}
    dimensions: dict[str, dict[str, int]] = {name: {} for every in names for name in every}
    for cell, fall in room.items():
        if len(cell) == 1:
            dimensions[cell[0][0]][cell[0][1]] = fall
    tables = tuple(
        TwoWayTable(
            *_pair(name), {(cell[0][1], cell[1][1]): fall for cell, fall in room.items() if dimensions_of(cell) == name}
        )
        for name in sorted(names)
        if len(name) == 2
    )
    highest = {cell: room[cell] + rise for cell, rise in most_rises(releases).items() if cell in room}
    release = Release(dimensions, tables, adds_up=False)
    case = _Together(release, smallest, Known(), set(), set(room), highest=highest)
    prover = Prover(case)
    return [cell for cell in sorted(room) if prover.prove(cell) is None]


def most_falls(releases: Sequence[EarlierRelease]) -> dict[Cell, int]:
    """Return by how much each number can fall that is hidden wherever it is published: to 1, or to 0 in a row or a
    column that is hidden wholly."""
    falls: dict[Cell, int] = {}
    for each in releases:
        for cell, count in each.hidden.items():
            own = count - each.lowest_of(cell)
            falls[cell] = min(falls.get(cell, own), own)
    return {cell: fall for cell, fall in falls.items() if not any(_is_shown(each, cell) for each in releases)}


def most_rises(releases: Sequence[EarlierRelease]) -> dict[Cell, int]:
    """Return by how much each hidden number can rise of which something is said in some release."""
    rises: dict[Cell, int] = {}
    for each in releases:
        for cell, of in each.coded.items():
            own = of.highest - each.hidden[cell]
            rises[cell] = min(rises.get(cell, own), own)
    return rises


def _is_shown(release: EarlierRelease, cell: Cell) -> bool:
    """Whether a release shows a number, or that nobody is in its row or its column."""
    if cell in release.shown or release.shows_nobody_in(cell):
        return True
    lines: list[Cell] = [(pair,) for pair in cell]
    return any(release.shown.get(line) == 0 or release.shows_nobody_in(line) for line in lines)


def _pair(name: tuple[str, ...]) -> tuple[str, str]:
    return name[0], name[1]
