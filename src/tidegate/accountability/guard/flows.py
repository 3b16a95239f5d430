"""How far hidden numbers of one table can move while each of its totals stays: a flow between rows and columns.

Whoever reads the table knows that a hidden number is at least 1, since zeros are shown. To raise one in a row, another
one in the row falls, and one more in its column rises: a way through the table. What flows at most is the whole way
that a number can move, in whole numbers (the largest flow of a network with whole bounds is whole).
"""

from collections import deque
from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import NamedTuple, TypeAlias

Place: TypeAlias = tuple[str, str]
"""A row and a column."""


class Node(NamedTuple):
    """A row or a column of the table."""

    is_row: bool
    key: str


class Hidden:
    """The hidden numbers of a table, of which none falls below 1. `without` are left as they are."""

    def __init__(self, values: Mapping[Place, int], *, without: Collection[Place] = ()) -> None:
        self._values = {place: value for place, value in values.items() if place not in without}
        self._columns: dict[str, list[str]] = {}
        self._rows: dict[str, list[str]] = {}
        for row, column in self._values:
            self._columns.setdefault(row, []).append(column)
            self._rows.setdefault(column, []).append(row)

    def flow(self, source: Node, sink: Node, *, at_most: int) -> int:
        """Return how much flows from a node to another, at most so much. From a row to a column a number rises, from a
        column to a row one falls."""
        found = 0
        while found < at_most and (way := self._way(source, sink)):
            steps = list(pairwise(way))
            falls = [(row.key, column.key) for column, row in steps if row.is_row]
            rises = [(row.key, column.key) for row, column in steps if row.is_row]
            step = min([at_most - found, *(self._values[place] - 1 for place in falls)])
            for place in falls:
                self._values[place] -= step
            for place in rises:
                self._values[place] += step
            found += step
        return found

    def _way(self, source: Node, sink: Node) -> list[Node]:
        """Return the nodes of a shortest way, none where there is none."""
        before: dict[Node, Node | None] = {source: None}
        waiting = deque([source])
        while waiting and sink not in before:
            node = waiting.popleft()
            for after in self._after(node):
                if after not in before:
                    before[after] = node
                    waiting.append(after)
        way: list[Node] = []
        node_or_none: Node | None = sink if sink in before else None
        while node_or_none is not None:
            way.append(node_or_none)
            node_or_none = before[node_or_none]
        return way[::-1]

    def _after(self, node: Node) -> list[Node]:
        if node.is_row:
            return [Node(False, column) for column in self._columns.get(node.key, ())]
        return [Node(True, row) for row in self._rows.get(node.key, ()) if self._values[row, node.key] > 1]
