"""One case of the guard at work: what is hidden so far, and for each hidden number the proof that it is safe."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tidegate.accountability.guard.earlier_releases import Known
from tidegate.accountability.guard.network import Flow, FlowBounds, FlowStep, Network, Node
from tidegate.accountability.guard.release import Cell, Line, Release, TwoWayTable

Proof = frozenset[Cell]
"""The hidden numbers that move when a number goes to its bounds."""
_OF_HIDDEN, _PER_PERSON = 1e-6, 1e-9
"""What it costs to go over a number that is hidden anyway, and more for a larger one of two: hiding one costs 1."""


class Need(NamedTuple):
    """By how much a hidden number must be able to rise and to fall; of one that is not small only the sum counts."""

    rise: int
    fall: int
    most_fall: int
    most_rise: int
    is_small: bool

    @property
    def width(self) -> int:
        """By how much in all."""
        return self.rise + self.fall


class Reader(NamedTuple):
    """Somebody who works hidden numbers out: from the release by itself, or together with those before.

    Attributes:
        smallest: The smallest number that is shown.
        hidden: What the reader does not know.
        knows: What the reader knows although it is hidden.
        lowest: How far a hidden number can fall, where that is not to 1.
        highest: How far a hidden number can rise, where that has an end.
        is_exact: Whether a small number must be able to be just what 1 to n - 1 are, and not only as many others.
    """

    smallest: int
    hidden: set[Cell]
    knows: set[Cell]
    lowest: Mapping[Cell, int]
    highest: Mapping[Cell, int]
    is_exact: bool = True

    def lowest_of(self, cell: Cell) -> int:
        """Return how far a hidden number can fall."""
        return self.lowest.get(cell, 1)

    def rise_of(self, cell: Cell, count: int) -> int:
        """Return by how much a hidden number can rise by itself."""
        return self.highest[cell] - count if cell in self.highest else self.smallest

    def has_room(self, cell: Cell, count: int) -> bool:
        """Whether a number could be as many values as 1 to n - 1 are, if it were hidden."""
        return count - self.lowest_of(cell) + self.rise_of(cell, count) >= self.smallest - 2

    def need_of(self, cell: Cell, count: int) -> Need:
        """Return by how much a hidden number must be able to move, so that as many values are possible as 1 to n - 1
        are: a small one takes just these values, another one any."""
        width, lowest = self.smallest - 2, self.lowest_of(cell)
        most_rise = min(width, self.rise_of(cell, count))
        if self.is_exact and count < self.smallest and count <= lowest + width:
            return Need(lowest + width - count, count - lowest, count - lowest, most_rise, is_small=True)
        fall = min(width, count - lowest)
        return Need(width - fall, fall, fall, most_rise, is_small=False)

    def bounds(self, cell: Cell) -> FlowBounds:
        """Return what may move for a number."""
        return FlowBounds(self.hidden, self.lowest, without=cell, highest=self.highest)


@dataclass
class Case:
    """What is hidden of a release so far.

    Attributes:
        release: All that is published together.
        smallest: The smallest number that is shown.
        known: What readers have already.
        primary: What is hidden for its own sake.
        hidden: All that is hidden.
        proofs: Why the hidden numbers are safe, as far as that is found.
        closed: The rows and columns of which zeros are hidden, too.
        withheld_tables: The tables that are not published, by their dimensions.
        withheld_dimensions: The dimensions that are not published.
    """

    release: Release
    smallest: int
    known: Known
    primary: set[Cell]
    hidden: set[Cell]
    proofs: dict[Cell, Proof] = field(default_factory=dict)
    closed: set[Line] = field(default_factory=set)
    withheld_tables: set[tuple[str, str]] = field(default_factory=set)
    withheld_dimensions: set[str] = field(default_factory=set)

    def is_published(self, table: TwoWayTable) -> bool:
        """Whether the table is published."""
        is_withheld = (table.rows, table.columns) in self.withheld_tables
        return not is_withheld and not self.withheld_dimensions & {table.rows, table.columns}

    def __post_init__(self) -> None:
        coded, known = self.release.coded, self.known
        self._lowest: dict[bool, dict[Cell, int]] = {
            False: known.lowest | {cell: max(of.lowest, known.lowest.get(cell, 0)) for cell, of in coded.items()},
            True: {cell: of.lowest for cell, of in coded.items()},
        }
        self._highest: dict[bool, dict[Cell, int]] = {
            False: known.highest
            | {cell: min(of.highest, known.highest.get(cell, of.highest)) for cell, of in coded.items()},
            True: {cell: of.highest for cell, of in coded.items()},
        }
        for line in self.known.closed:
            self.close(line)

    def close(self, line: Line) -> None:
        """Hide a whole row or column, zeros included: whoever reads it does not know that a number is at least 1."""
        self.closed.add(line)
        cells = self.release.cells_of_line(line)
        self.hidden.update(cells)
        self.primary.update(cells)
        for cell in cells:
            self.proofs.pop(cell, None)
            lowest = self.release.coded[cell].lowest if cell in self.release.coded else 0
            self._lowest[True][cell] = lowest
            self._lowest[False][cell] = max(lowest, self.known.lowest.get(cell, 0))

    def readers_of(self, cell: Cell) -> tuple[Reader, ...]:
        """Return from whom a hidden number must be safe: from whoever reads this release alone, and, unless the number
        was published before, from whoever knows by how much each number has changed since. A number that only offices
        have from a certificate must be safe from those who have no certificate."""
        known = self.known.published if cell in self.known.cells else self.known.cells
        alone = Reader(self.smallest, self.hidden, set(), self._lowest[True], self._highest[True])
        if cell in known:
            return (alone,)
        if not known and not self.known.kept_hidden:
            return (alone,)
        bounds = self._lowest[False], self._highest[False]
        together = Reader(self.smallest, self.hidden - known, known, *bounds, is_exact=False)
        return (together, alone)


def prove(network: Network, reader: Reader, cell: Cell, *, bounds: FlowBounds | None = None) -> Proof | None:
    """Return why a hidden number of a table is safe, None where it is not.

    Args:
        network: The table.
        reader: From whom it must be safe.
        cell: The number.
        bounds: What may move; by default whatever the reader does not know, but no total that other tables share.
    """
    edge, bounds = network.edges[cell], bounds or reader.bounds(cell)
    need = reader.need_of(cell, edge.value)
    falls = network.flow(edge.tail, edge.head, at_most=need.most_fall, bounds=bounds)
    if need.is_small and falls.amount < need.fall:
        return None
    most = min(need.width - falls.amount, need.most_rise)
    rises = network.flow(edge.head, edge.tail, at_most=most, bounds=bounds)
    return proof_of(falls, rises) if rises.amount + falls.amount >= need.width else None


def proof_of(*flows: Flow) -> Proof:
    """Return the numbers that move with these flows."""
    return frozenset(cell for flow in flows for cell in flow.moved)


class Opening(NamedTuple):
    """What must flow for a number to be safe: from a node to another so much, and so much back afterwards."""

    ends: tuple[Node, Node]
    amount: int
    back: int

    @property
    def reversed(self) -> "Opening":
        """The way back."""
        return Opening(self.ends[::-1], self.back, self.amount)


def has_opened(case: Case, network: Network, reader: Reader, cell: Cell, opening: Opening) -> bool:
    """Hide the cheapest numbers with which enough flows. Returns whether there were any.

    Args:
        case: The case; what is hidden is changed.
        network: The table.
        reader: From whom the number must be safe.
        cell: The number.
        opening: What must flow.
    """
    while True:
        flow = network.flow(*opening.ends, at_most=opening.amount, bounds=reader.bounds(cell))
        if flow.amount >= opening.amount:
            return True
        way = _cheapest_way(case, network, reader, cell, opening._replace(amount=opening.amount - flow.amount), flow)
        if not way:
            return False
        hidden = {step.cell for step in way}
        case.hidden.update(hidden)
        reader.hidden.update(hidden)


def _cheapest_way(
    case: Case, network: Network, reader: Reader, cell: Cell, opening: Opening, flow: Flow
) -> list[FlowStep]:
    """Return the cheapest way for what is missing: best one that takes all of it, and what must flow back."""
    bounds = reader.bounds(cell)

    def price(other: Cell) -> float | None:
        if other == cell or other in network.shared or other in reader.knows:
            return None
        if other in case.hidden:
            return _OF_HIDDEN
        count = network.edges[other].value
        return 1 + _PER_PERSON * count if reader.has_room(other, count) else None

    def fitting(forth: int, back: int) -> Callable[[FlowStep], bool]:
        return lambda step: (
            network.room(step, bounds, flow.moved) >= forth
            and network.room(FlowStep(step.cell, not step.rises), bounds, {}) >= back
        )

    missing = opening.amount
    for forth, behind in [(missing, opening.back), (missing, 0), ((missing + 1) // 2, 0), (1, 0)]:
        if way := network.cheapest_way(*opening.ends, price=price, fits=fitting(forth, behind)):
            return way
    return []


def show_what_no_proof_needs(case: Case, prove_again: Callable[[Cell], Proof | None]) -> None:
    """Show each number again that was hidden for others, and without which these are safe, too: the largest first."""
    counts = dict(case.release.cells())
    for cell in sorted(case.hidden - case.primary, key=lambda each: (-counts.get(each, 0), each)):
        _try_to_show(case, cell, [each for each, proof in case.proofs.items() if cell in proof], prove_again)


def _try_to_show(case: Case, cell: Cell, resting: Iterable[Cell], prove_again: Callable[[Cell], Proof | None]) -> None:
    case.hidden.discard(cell)
    own, found = case.proofs.pop(cell, None), {}
    for each in resting:
        if each == cell:
            continue
        proof = prove_again(each)
        if proof is None:
            case.hidden.add(cell)
            if own is not None:
                case.proofs[cell] = own
            return
        found[each] = proof
    case.proofs.update(found)


def of_table(cells: Collection[Cell], table: TwoWayTable) -> set[Cell]:
    """Return those of the cells that are inside a table."""
    return {cell for cell in cells if len(cell) == 2 and (cell[0][0], cell[1][0]) == (table.rows, table.columns)}
