"""What was published before and is known for ever: it hides nothing any more, and what it hid must stay hidden."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tidegate.accountability.guard.coding import Coded
from tidegate.accountability.guard.release import Cell, Line, Release, is_in_line


@dataclass(frozen=True)
class EarlierRelease:
    """The numbers of the same kind that were published before: those that were shown, zeros included, and those that
    were hidden. What was withheld is in neither. Of a row or a column in `closed` zeros were hidden, too; of numbers in
    `coded` something was said although they were hidden. One that is not `is_whole` has some numbers of its dimensions,
    and says nothing of the others."""

    shown: Mapping[Cell, int]
    hidden: Mapping[Cell, int]
    closed: Collection[Line] = ()
    coded: Mapping[Cell, Coded] = field(default_factory=dict)
    is_whole: bool = True

    def lowest_of(self, cell: Cell) -> int:
        """Return the least that a hidden number could be by itself."""
        if cell in self.coded:
            return self.coded[cell].lowest
        return 0 if any(is_in_line(cell, line) for line in self.closed) else 1

    def shows_nobody_in(self, cell: Cell) -> bool:
        """Whether a number that it does not have must have been 0: whatever else is counted by the same is there."""
        is_absent = self.is_whole and cell not in self.shown and cell not in self.hidden
        return is_absent and dimensions_of(cell) in self._names

    @cached_property
    def _names(self) -> set[tuple[str, ...]]:
        return {dimensions_of(cell) for cell in (*self.shown, *self.hidden)}


@dataclass(frozen=True)
class Known:
    """What earlier releases mean for the numbers of the present one.

    Attributes:
        cells: Whose numbers were shown before. Whoever knows what has changed since knows them now, so they protect no
            other number.
        kept_hidden: What was hidden before and is somebody's number still: to show it now would show it then.
        changed: What was shown before and has moved by fewer than the smallest group: who is new or gone would show.
        unchanged: What was shown before and is the same.
        closed: The rows and columns of which zeros were hidden, too.
        lowest: How far a hidden number can fall at most, since it was at least 1 before, too.
        highest: How far it can rise at most, since something was said of it before.
    """

    cells: set[Cell] = field(default_factory=set)
    kept_hidden: set[Cell] = field(default_factory=set)
    changed: set[Cell] = field(default_factory=set)
    unchanged: set[Cell] = field(default_factory=set)
    closed: set[Line] = field(default_factory=set)
    lowest: dict[Cell, int] = field(default_factory=dict)
    highest: dict[Cell, int] = field(default_factory=dict)


def dimensions_of(cell: Cell) -> tuple[str, ...]:
    """Return by which dimensions a number is counted."""
    return tuple(pair[0] for pair in cell)


def known_from(release: Release, before: Sequence[EarlierRelease], *, smallest: int) -> Known:
    """Return what earlier releases mean for a new one."""
    known, counts = Known(), dict(release.cells())
    for earlier in before:
        known.closed.update(filter(release.has_line, earlier.closed))
        _note_shown(known, earlier, counts, smallest)
        _note_hidden(known, earlier, counts)
    known.kept_hidden.intersection_update(counts)
    known.kept_hidden.difference_update(known.cells)
    known.unchanged.difference_update(known.changed)
    return known


def _note_shown(known: Known, earlier: EarlierRelease, counts: Mapping[Cell, int], smallest: int) -> None:
    absent = {cell: 0 for cell in counts if earlier.shows_nobody_in(cell)}
    for cell, was in (*earlier.shown.items(), *absent.items()):
        moved = abs(counts.get(cell, 0) - was)
        known.cells.add(cell)
        if not moved:
            known.unchanged.add(cell)
        elif moved < smallest and cell in counts:
            known.changed.add(cell)


def _note_hidden(known: Known, earlier: EarlierRelease, counts: Mapping[Cell, int]) -> None:
    for cell, was in earlier.hidden.items():
        change = counts.get(cell, 0) - was
        known.kept_hidden.add(cell)
        known.lowest[cell] = max(known.lowest.get(cell, 0), change + earlier.lowest_of(cell))
        if cell in earlier.coded:
            most = change + earlier.coded[cell].highest
            known.highest[cell] = min(known.highest.get(cell, most), most)
