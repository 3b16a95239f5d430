"""What readers have already, and know for ever: it hides nothing any more, and what was hidden must stay hidden."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property

from tidegate.accountability.guard.coding import Coded
from tidegate.accountability.guard.release import Cell, Line, Release, is_in_line


class ToldBy(Enum):
    """Where readers have numbers from."""

    PUBLICATION = auto()
    """An earlier publication of the same count: everybody has it, and a number that it does not have was 0."""
    OTHER_INDICATOR = auto()
    """What everybody has of another indicator: those groups alone that have the same students."""
    CERTIFICATE = auto()
    """A certificate: only offices have it, and it has some totals alone."""


@dataclass(frozen=True)
class EarlierRelease:
    """Numbers that readers have already: those that were shown, zeros included, and those that were hidden. What was
    withheld is in neither. Of a row or a column in `closed` zeros were hidden, too; of numbers in `coded` something was
    said although they were hidden. What these numbers mean for the present release depends on who told them."""

    shown: Mapping[Cell, int]
    hidden: Mapping[Cell, int]
    closed: Collection[Line] = ()
    coded: Mapping[Cell, Coded] = field(default_factory=dict)
    told_by: ToldBy = ToldBy.PUBLICATION

    def lowest_of(self, cell: Cell) -> int:
        """Return the least that a hidden number could be by itself."""
        if cell in self.coded:
            return self.coded[cell].lowest
        return 0 if any(is_in_line(cell, line) for line in self.closed) else 1

    def shows_nobody_in(self, cell: Cell) -> bool:
        """Whether a number that it does not have must have been 0: whatever else is counted by the same is there."""
        is_publication = self.told_by is ToldBy.PUBLICATION
        is_absent = is_publication and cell not in self.shown and cell not in self.hidden
        return is_absent and dimensions_of(cell) in self._names

    @cached_property
    def _names(self) -> set[tuple[str, ...]]:
        return {dimensions_of(cell) for cell in (*self.shown, *self.hidden)}


@dataclass(frozen=True)
class Known:
    """What earlier releases mean for the numbers of the present one.

    Attributes:
        cells: Whose numbers some reader has, be it from a certificate. Whoever knows what has changed since knows them
            now, so they protect no other number.
        published: Those of `cells` that everybody has: not from a certificate alone.
        kept_hidden: What was hidden before and is somebody's number still: to show it now would show it then. Only what
            a publication of the same count has shown is not kept hidden: what offices alone have, or what another
            indicator shows, was not shown then.
        changed: What was published before, also of another indicator, and has moved by fewer than the smallest group:
            who is new or gone would show.
        unchanged: What a publication of the same count has shown and is the same: shown again, however small it is.
        closed: The rows and columns of which zeros were hidden, too.
        lowest: How far a hidden number can fall at most, since it was at least 1 before, too.
        highest: How far it can rise at most, since something was said of it before.
    """

    cells: set[Cell] = field(default_factory=set)
    published: set[Cell] = field(default_factory=set)
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
    shown_of_same: set[Cell] = set()
    for earlier in before:
        known.closed.update(filter(release.has_line, earlier.closed))
        shown = _note_shown(known, earlier, counts, smallest)
        if earlier.told_by is ToldBy.PUBLICATION:
            shown_of_same |= shown
        _note_hidden(known, earlier, counts)
    known.kept_hidden.intersection_update(counts)
    known.kept_hidden.difference_update(shown_of_same)
    known.unchanged.difference_update(known.changed)
    return known


def _note_shown(known: Known, earlier: EarlierRelease, counts: Mapping[Cell, int], smallest: int) -> set[Cell]:
    """Note what an earlier release shows, and return which numbers these are."""
    absent = {cell: 0 for cell in counts if earlier.shows_nobody_in(cell)}
    shown = {**earlier.shown, **absent}
    known.cells.update(shown)
    if earlier.told_by is not ToldBy.CERTIFICATE:
        known.published.update(shown)
        moved = {cell: abs(counts.get(cell, 0) - was) for cell, was in shown.items()}
        known.changed.update(cell for cell, by in moved.items() if 0 < by < smallest and cell in counts)
        if earlier.told_by is ToldBy.PUBLICATION:
            known.unchanged.update(cell for cell, by in moved.items() if not by)
    return set(shown)


def _note_hidden(known: Known, earlier: EarlierRelease, counts: Mapping[Cell, int]) -> None:
    for cell, was in earlier.hidden.items():
        change = counts.get(cell, 0) - was
        known.kept_hidden.add(cell)
        known.lowest[cell] = max(known.lowest.get(cell, 0), change + earlier.lowest_of(cell))
        if cell in earlier.coded:
            most = change + earlier.coded[cell].highest
            known.highest[cell] = min(known.highest.get(cell, most), most)
