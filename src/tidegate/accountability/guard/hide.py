"""Hides small numbers, and others with which they could be worked out, in all tables that are published together.

A number from 1 to n - 1 is hidden. It is safe when, with all that is shown, it could still be anything from 1 to n - 1;
another hidden number is, when as many values are possible. Zeros are shown, but those of rates. What is found here is a
way for each hidden number by itself to reach these bounds with every other number of the release in place: so it is
sound, whatever else is published with the release. At last whatever no such proof needs is shown again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product

from tidegate.accountability.guard.case import (
    Case,
    Opening,
    Proof,
    has_opened,
    of_table,
    show_what_no_proof_needs,
)
from tidegate.accountability.guard.composition import find_disclosed
from tidegate.accountability.guard.earlier_releases import EarlierRelease, Known, ToldBy, known_from
from tidegate.accountability.guard.network import Network
from tidegate.accountability.guard.prover import Prover
from tidegate.accountability.guard.release import Cell, Line, Release, TwoWayTable

_MAX_CLOSED = 12
"""A table of which more rows and columns than these must be hidden wholly is withheld."""
_MAX_NUMBERS_TO_REORDER = 400
"""Up to so many numbers several orders are tried."""


@dataclass
class Guarded:
    """What is hidden of a release, and what of it is not published at all, since nothing else would have made it safe:
    tables by their two dimensions, and dimensions. `small` is what is hidden for its own sake; of a row or a column in
    `closed` zeros are hidden, too."""

    hidden: set[Cell] = field(default_factory=set)
    withheld_tables: set[tuple[str, str]] = field(default_factory=set)
    withheld_dimensions: set[str] = field(default_factory=set)
    small: set[Cell] = field(default_factory=set)
    closed: set[Line] = field(default_factory=set)

    def is_published(self, table: TwoWayTable) -> bool:
        """Whether the table is published."""
        is_withheld = (table.rows, table.columns) in self.withheld_tables
        return not is_withheld and not self.withheld_dimensions & {table.rows, table.columns}


def guard(release: Release, *, smallest: int, before: Sequence[EarlierRelease] = ()) -> Guarded:
    """Return what has to be hidden of a release, so that no group below `smallest` can be worked out.

    Args:
        release: All that is published together.
        smallest: The smallest number that is shown.
        before: What readers have already of the same numbers: from earlier publications of the same count, from
            another indicator whose groups have the same students, and from certificates.
    """
    if smallest < 1:
        raise ValueError("The smallest group has at least one in it")
    if 0 < release.total < smallest:
        return Guarded(withheld_dimensions=set(release.dimensions))
    known = known_from(release, before, smallest=smallest)
    orders = _ORDERS if sum(1 for _ in release.cells()) <= _MAX_NUMBERS_TO_REORDER else _ORDERS[:1]
    cases = [_protected(release, smallest, known, order) for order in orders]
    best = min(cases, key=_numbers_lost)
    guarded = Guarded(best.hidden, best.withheld_tables, best.withheld_dimensions, best.primary, best.closed)
    _withhold_what_is_unsafe_together(release, guarded, before, smallest)
    return guarded


def _withhold_what_is_unsafe_together(
    release: Release, guarded: Guarded, before: Sequence[EarlierRelease], smallest: int
) -> None:
    """Withhold tables, at last dimensions, until the release gives nothing away together with those before: earlier
    ones may have tables that this one has not. What offices know from certificates moves for nobody else."""
    readers = _what_readers_have(before)
    while before and (unsafe := _find_unsafe(readers, earlier_release(release, guarded), smallest)):
        touched = {pair[0] for cell in unsafe for pair in cell}
        tables = {
            table.name for table in release.tables if guarded.is_published(table) and touched.intersection(table.name)
        }
        left = tables or touched & release.dimensions.keys() - guarded.withheld_dimensions
        left = left or release.dimensions.keys() - guarded.withheld_dimensions
        if not left:
            return  # nothing of it is published
        if tables:
            guarded.withheld_tables.update(tables)
        else:
            guarded.withheld_dimensions.update(map(str, left))
        kept = earlier_release(release, guarded).hidden
        guarded.hidden.intersection_update(kept)
        guarded.closed = {line for line in guarded.closed if line[0] not in guarded.withheld_tables}


def _what_readers_have(before: Sequence[EarlierRelease]) -> list[Sequence[EarlierRelease]]:
    """Return what offices have, and what everybody has where that is less."""
    public = [each for each in before if each.told_by is not ToldBy.CERTIFICATE]
    return [before, public] if len(public) < len(before) else [before]


def _find_unsafe(readers: Iterable[Sequence[EarlierRelease]], last: EarlierRelease, smallest: int) -> set[Cell]:
    """Return the hidden numbers that some reader finds out from what they have and the last release."""
    return {cell for known in readers for cell in find_disclosed([*known, last], smallest=smallest)}


def earlier_release(release: Release, guarded: Guarded) -> EarlierRelease:
    """Return what a release makes known for ever: the numbers that it shows, zeros included, and those it hides."""
    counts, dimensions = dict(release.cells()), release.dimensions
    cells: list[Cell] = [
        ((name, key),) for name in dimensions.keys() - guarded.withheld_dimensions for key in dimensions[name]
    ]
    for table in filter(guarded.is_published, release.tables):
        cells += [table.cell(*keys) for keys in product(dimensions[table.rows], dimensions[table.columns])]
    return EarlierRelease(
        {cell: counts.get(cell, 0) for cell in cells if cell not in guarded.hidden},
        {cell: counts.get(cell, 0) for cell in cells if cell in guarded.hidden},
        frozenset(guarded.closed),
        {cell: release.coded[cell] for cell in cells if cell in release.coded and cell in guarded.hidden},
    )


def _protected(release: Release, smallest: int, known: Known, order: "Order") -> Case:
    primary = {cell for cell, count in release.cells() if count < smallest and cell not in known.unchanged}
    primary |= set(release.coded_zeros()) - known.unchanged
    primary |= known.kept_hidden | known.changed
    case = Case(release, smallest, known, primary, set(primary))
    _Guard(case, order).protect()
    return case


def _numbers_lost(case: Case) -> int:
    """Return how many numbers are not shown."""
    names = [*case.withheld_dimensions]
    counts = sum(sum(map(bool, case.release.dimensions[name].values())) for name in names)
    tables = [table for table in case.release.tables if not case.is_published(table)]
    return counts + sum(sum(map(bool, table.counts.values())) for table in tables) + len(case.hidden)


Order = Callable[[int, Cell], tuple[float, Cell]]
_ORDERS: tuple[Order, ...] = (
    lambda count, cell: (count, cell),
    lambda count, cell: (-count, cell),
    lambda count, cell: (count % 3, cell[::-1]),
)
"""In which order the hidden numbers of a table are made safe: the fewest are hidden now with one, now with another."""


class _Guard:
    """A case at work."""

    def __init__(self, case: Case, order: Order) -> None:
        self.case, self._order, self._prover = case, order, Prover(case)
        self._counts = dict(case.release.cells())

    def protect(self) -> None:
        """Hide what makes each hidden number safe, and show again what none of them needs."""
        for name, margins in self._prover.margins.items():
            if name not in self._prover.own:
                margins.protect()
        for table in filter(self.case.is_published, self.case.release.tables):
            self._protect_table(table)
        for name, table in self._prover.own.items():
            if not self.case.is_published(table) and name not in self.case.withheld_dimensions:
                self._prover.margins[name].protect()
        self._forget_withheld()
        show_what_no_proof_needs(self.case, self._prover.prove)

    def _protect_table(self, table: TwoWayTable) -> None:
        network = self._prover.networks[table.name]
        while left := self._left(network):
            cell = left[0]
            proof = self._prover.prove(cell) or self._hide_more(network, cell)
            if proof is not None:
                self.case.proofs[cell] = proof
            elif self._has_closed(table, cell):
                network = self._prover.renew(table)
            else:
                self.case.withheld_tables.add(table.name)
                return

    def _has_closed(self, table: TwoWayTable, cell: Cell) -> bool:
        """Hide the whole row or column of a number, zeros included: the one with fewer people in it first. Returns
        whether there was one left: of rates the zeros are hidden anyway."""
        if self.case.release.coded:
            return False
        lines = [(table.name, pair) for pair in sorted(cell, key=lambda pair: self._counts[(pair,)])]
        left = [line for line in lines if line not in self.case.closed]
        if not left or len(self.case.closed) >= _MAX_CLOSED:
            return False
        self.case.close(left[0])
        return True

    def _left(self, network: Network) -> list[Cell]:
        left = [
            cell
            for cell in network.edges
            if cell in self.case.hidden and cell not in self.case.proofs and cell not in network.shared
        ]
        return sorted(left, key=lambda cell: self._order(self._counts.get(cell, 0), cell))

    def _hide_more(self, network: Network, cell: Cell) -> Proof | None:
        """Hide the cheapest numbers with which a number is safe; None where there are none."""
        before, edge = set(self.case.hidden), network.edges[cell]
        for reader in self.case.readers_of(cell):
            need = reader.need_of(cell, edge.value)
            opening = Opening((edge.head, edge.tail), need.rise, need.fall)
            ways = (opening, opening.reversed)
            if not all(has_opened(self.case, network, reader, cell, each) for each in ways):
                self.case.hidden.intersection_update(before)
                return None
        return self._prover.prove(cell)

    def _forget_withheld(self) -> None:
        """Leave out what is hidden inside tables that are not published."""
        published = list(filter(self.case.is_published, self.case.release.tables))
        inside: Iterable[set[Cell]] = (of_table(self.case.hidden, table) for table in published)
        shown = {
            cell for cell in self.case.hidden if len(cell) == 1 and cell[0][0] not in self.case.withheld_dimensions
        }
        kept = shown.union(*inside)
        self.case.hidden.intersection_update(kept)
        for cell in self.case.proofs.keys() - kept:
            del self.case.proofs[cell]
        names = {table.name for table in published}
        self.case.closed = {line for line in self.case.closed if line[0] in names}
