"""How far hidden numbers of one table can move while each of its totals stays: a circulation.

A table is a network: from the node of all rows to each row its total, from a row to a column the number of both, from a
column to the node of all columns its total. What comes into a node goes out of it, so to raise a number, others rise
and fall along a way around it. What flows at most is the whole way that a number can move, in whole numbers (the
largest flow of a network with whole bounds is whole).
"""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple, TypeAlias

from tidegate.accountability.guard.release import Cell, Release, TwoWayTable

Node: TypeAlias = tuple[str, str]
"""`("row", key)`, `("column", key)`, or one of the two nodes where totals come together."""
_NO_END = 1 << 40
ALL_ROWS, ALL_COLUMNS = ("rows", ""), ("columns", "")


class Edge(NamedTuple):
    """A number of the table, between the nodes whose sums it is part of."""

    tail: Node
    head: Node
    value: int


class FlowStep(NamedTuple):
    """A number that moves along a way: it rises from the tail of its edge to the head, and falls the other way."""

    cell: Cell
    rises: bool


class Flow(NamedTuple):
    """How much flows, and by how much each number moves for it."""

    amount: int
    moved: dict[Cell, int]


class FlowBounds(NamedTuple):
    """What may move, and between which bounds.

    Attributes:
        movable: The hidden numbers.
        lowest: How far they fall, where that is not to 1.
        without: A number that stays.
        shared: The totals that other tables share, too, and may move: between which bounds those let them.
        highest: How far they rise, where that has an end.
    """

    movable: Collection[Cell]
    lowest: Mapping[Cell, int] = {}
    without: Cell = ()
    shared: Mapping[Cell, tuple[int, int]] = {}
    highest: Mapping[Cell, int] = {}

    def may_move(self, cell: Cell) -> bool:
        """Whether a number may move at all."""
        return cell in self.movable and cell != self.without


class Network:
    """The numbers of a table that are not 0, or that are in `zeros`, with its totals. Those of a dimension in `shared`,
    which other tables have, too, stay unless the bounds let them move."""

    def __init__(
        self, release: Release, table: TwoWayTable, *, shared: Collection[str] = (), zeros: Collection[Cell] = ()
    ) -> None:
        self.edges: dict[Cell, Edge] = {}
        self.shared: set[Cell] = set()
        self._at: dict[Node, list[tuple[Cell, Node, bool]]] = {}
        for (row, column), value in table.counts.items():
            if value:
                self._add(table.cell(row, column), ("row", row), ("column", column), value)
        for cell in zeros:
            self._add(cell, ("row", cell[0][1]), ("column", cell[1][1]), 0)
        for key, value in release.dimensions[table.rows].items():
            self._add(((table.rows, key),), ALL_ROWS, ("row", key), value)
        for key, value in release.dimensions[table.columns].items():
            self._add(((table.columns, key),), ("column", key), ALL_COLUMNS, value)
        self.shared = {cell for cell in self.edges if len(cell) == 1 and cell[0][0] in shared}

    def _add(self, cell: Cell, tail: Node, head: Node, value: int) -> None:
        if cell not in self.edges:
            self.edges[cell] = Edge(tail, head, value)
            self._at.setdefault(tail, []).append((cell, head, True))
            self._at.setdefault(head, []).append((cell, tail, False))

    def flow(self, source: Node, sink: Node, *, at_most: int, bounds: FlowBounds) -> Flow:
        """Return how much flows from a node to another, at most so much."""
        moved: dict[Cell, int] = {}
        found = 0
        while found < at_most and (way := self._way(source, sink, bounds, moved)):
            step = min([at_most - found, *(self.room(each, bounds, moved) for each in way)])
            for each in way:
                moved[each.cell] = moved.get(each.cell, 0) + (step if each.rises else -step)
            found += step
        return Flow(found, moved)

    def room(self, step: FlowStep, bounds: FlowBounds, moved: Mapping[Cell, int]) -> int:
        """Return by how much a number can move in this direction."""
        value = self.edges[step.cell].value + moved.get(step.cell, 0)
        if step.cell in self.shared:
            lowest, highest = bounds.shared.get(step.cell, (value, value))
        else:
            lowest, highest = bounds.lowest.get(step.cell, 1), bounds.highest.get(step.cell, _NO_END)
        return highest - value if step.rises else value - lowest

    def cheapest_way(
        self, source: Node, sink: Node, *, price: Callable[[Cell], float | None], fits: Callable[[FlowStep], bool]
    ) -> list[FlowStep]:
        """Return the steps of the cheapest way; none where there is none.

        Args:
            source: Where it begins.
            sink: Where it ends.
            price: What it costs to go over a number; None is that nobody may.
            fits: Whether a step leaves enough room.
        """
        before: dict[Node, tuple[Node, FlowStep]] = {}
        done: set[Node] = set()
        order = count()  # so that nodes are never compared
        waiting = [(0.0, next(order), source, source, FlowStep((), True))]
        while waiting:
            cost, _, node, came_from, step = heappop(waiting)
            if node in done:
                continue
            done.add(node)
            before[node] = (came_from, step)
            if node == sink:
                return list(_back(before, source, sink))[::-1]
            for cell, other, rises in self._at.get(node, ()):
                more = price(cell) if other not in done else None
                if more is not None and fits(FlowStep(cell, rises)):
                    heappush(waiting, (cost + more, next(order), other, node, FlowStep(cell, rises)))
        return []

    def _way(self, source: Node, sink: Node, bounds: FlowBounds, moved: Mapping[Cell, int]) -> list[FlowStep]:
        """Return the steps of a shortest way, none where there is none."""
        before: dict[Node, tuple[Node, FlowStep]] = {source: (source, FlowStep((), True))}
        waiting = deque([source])
        while waiting and sink not in before:
            node = waiting.popleft()
            for cell, other, rises in self._at.get(node, ()):
                step = FlowStep(cell, rises)
                if other not in before and bounds.may_move(cell) and self.room(step, bounds, moved) > 0:
                    before[other] = (node, step)
                    waiting.append(other)
        return list(_back(before, source, sink)) if sink in before else []


def _back(before: Mapping[Node, tuple[Node, FlowStep]], source: Node, sink: Node) -> Iterator[FlowStep]:
    node = sink
    while node != source:
        node, step = before[node]
        yield step
