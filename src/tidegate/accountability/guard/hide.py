"""Hides small numbers, and others with which they could be worked out, in all tables that are published together.

A number from 1 to n - 1 is hidden. It is safe when, with all that is shown, it could still be anything from 1 to n - 1;
another hidden number is, when as many values are possible. Zeros are shown. What is found here is a way for each hidden
number by itself to reach these bounds with every other number of the release in place: so it is sound, whatever else is
published with the release, and hides at times a number more than is needed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tidegate.accountability.guard.flows import Hidden, Node, Place
from tidegate.accountability.guard.release import Cell, Release, TwoWayTable


@dataclass
class Guarded:
    """What is hidden of a release, and what of it is not published at all, since nothing else would have made it safe:
    tables by their two dimensions, and dimensions."""

    hidden: set[Cell] = field(default_factory=set)
    withheld_tables: set[tuple[str, str]] = field(default_factory=set)
    withheld_dimensions: set[str] = field(default_factory=set)

    def is_published(self, table: TwoWayTable) -> bool:
        """Whether the table is published."""
        is_withheld = (table.rows, table.columns) in self.withheld_tables
        return not is_withheld and not self.withheld_dimensions & {table.rows, table.columns}


def guard(release: Release, *, smallest: int) -> Guarded:
    """Return what has to be hidden of a release, so that no group below `smallest` can be worked out."""
    if smallest < 1:
        raise ValueError("The smallest group has at least one in it")
    if 0 < release.total < smallest:
        return Guarded(withheld_dimensions=set(release.dimensions))
    guarded = Guarded({cell for cell, count in release.cells() if count < smallest})
    for dimension in release.dimensions:
        _Margins(release, guarded, dimension, smallest).protect()
    # What one table hides can ask for more in none other: each is safe with its totals in place.
    for table in release.tables:
        if guarded.is_published(table):
            _Inner(release, guarded, table, smallest).protect()
    return guarded


def needed(count: int, smallest: int) -> tuple[int, int]:
    """Return by how much a hidden number must be able to rise and to fall; of one that is not small only the sum
    counts, and that is given as the fall."""
    return (smallest - 1 - count, count - 1) if count < smallest else (0, smallest - 2)


def hidden_of(guarded: Guarded, table: TwoWayTable) -> dict[Place, int]:
    """Return the hidden numbers of a table."""
    return {keys: count for keys, count in table.counts.items() if count and table.cell(*keys) in guarded.hidden}


class _Margins:
    """The numbers of one dimension: one falls by as much as another rises, and in each table of the dimension as much
    goes over from one to the other in the same columns."""

    def __init__(self, release: Release, guarded: Guarded, dimension: str, smallest: int) -> None:
        self.release, self.guarded, self.dimension, self.smallest = release, guarded, dimension, smallest
        self.counts = {key: count for key, count in release.dimensions[dimension].items() if count}

    def protect(self) -> None:
        """Hide what makes each hidden number of the dimension safe; withhold tables or the dimension, where nothing
        does."""
        done: set[str] = set()
        while left := [key for key in self._hidden() if key not in done]:
            done.add(left[0])
            if not self._is_safe(left[0]) and not self._has_found_a_partner(left[0]):
                self.guarded.withheld_dimensions.add(self.dimension)
                return

    def _hidden(self) -> list[str]:
        return [key for key in self.counts if ((self.dimension, key),) in self.guarded.hidden]

    def _is_safe(self, key: str) -> bool:
        others = [other for other in self._hidden() if other != key and self._is_large_enough(key, other)]
        return any(not self._too_narrow(key, other) for other in others)

    def _is_large_enough(self, key: str, other: str) -> bool:
        """Whether the two numbers by themselves leave enough room."""
        rise, fall = needed(self.counts[key], self.smallest)
        if self.counts[key] < self.smallest:
            return self.counts[other] - 1 >= rise
        return self.counts[other] - 1 + self.counts[key] - 1 >= fall

    def _too_narrow(self, key: str, other: str) -> list[TwoWayTable]:
        """Return the tables in which too little goes over from one to the other."""
        rise, fall = needed(self.counts[key], self.smallest)
        if self.counts[key] < self.smallest:
            return [
                table
                for table in self._tables()
                if self._flow(table, key, other, rise) < rise or self._flow(table, other, key, fall) < fall
            ]
        falls, rises = min(fall, self.counts[key] - 1), min(fall, self.counts[other] - 1)
        narrow = []
        for table in self._tables():  # what one lets through is all that the next can
            own_falls, own_rises = self._flow(table, other, key, falls), self._flow(table, key, other, rises)
            if own_falls + own_rises < fall:
                narrow.append(table)
            else:
                falls, rises = own_falls, own_rises
        return narrow

    def _tables(self) -> list[TwoWayTable]:
        return [table for table in self.release.tables_of(self.dimension) if self.guarded.is_published(table)]

    def _flow(self, table: TwoWayTable, source: str, sink: str, amount: int) -> int:
        is_row = table.rows == self.dimension
        hidden = Hidden(hidden_of(self.guarded, table))
        if is_row:
            return hidden.flow(Node(True, source), Node(True, sink), at_most=amount)
        return hidden.flow(Node(False, sink), Node(False, source), at_most=amount)  # a column rises by what comes in

    def _has_found_a_partner(self, key: str) -> bool:
        """Hide the smallest number with which this one is safe, with all that the tables need for it; where there is
        none, the one for which the fewest tables are withheld."""
        others = [other for other in self.counts if other != key and self._is_large_enough(key, other)]
        best: tuple[int, int, str] | None = None
        for other in sorted(others, key=lambda each: (self.counts[each], each)):
            before = set(self.guarded.hidden)
            narrow = self._try_partner(key, other)
            if not narrow:
                return True
            best = min(best or (len(narrow), self.counts[other], other), (len(narrow), self.counts[other], other))
            self.guarded.hidden.clear()
            self.guarded.hidden.update(before)
        if best is None:
            return False
        narrow = self._try_partner(key, best[2])
        self.guarded.withheld_tables.update((table.rows, table.columns) for table in narrow)
        return True

    def _try_partner(self, key: str, other: str) -> list[TwoWayTable]:
        self.guarded.hidden.add(((self.dimension, other),))
        for table in self._tables():
            self._open(table, key, other)
        return self._too_narrow(key, other)

    def _open(self, table: TwoWayTable, key: str, other: str) -> None:
        """Hide, in the columns in which both have somebody, the smallest numbers of both until enough goes over."""
        for cells in self._both(table, key, other):
            if table not in self._too_narrow(key, other):
                return
            self.guarded.hidden.update(cells)

    def _both(self, table: TwoWayTable, key: str, other: str) -> list[tuple[Cell, Cell]]:
        place = 0 if table.rows == self.dimension else 1
        own = {keys[1 - place]: keys for keys, count in table.counts.items() if count and keys[place] == key}
        others = {keys[1 - place]: keys for keys, count in table.counts.items() if count and keys[place] == other}
        shared = sorted(own.keys() & others.keys(), key=lambda each: (-table.counts[own[each]], each))
        return [(table.cell(*own[each]), table.cell(*others[each])) for each in shared]


class _Inner:
    """The numbers of one table, while each of its totals stays."""

    def __init__(self, release: Release, guarded: Guarded, table: TwoWayTable, smallest: int) -> None:
        self.release, self.guarded, self.table, self.smallest = release, guarded, table, smallest

    def protect(self) -> None:
        """Hide what makes each hidden number of the table safe; withhold the table, where nothing does."""
        safe: set[Place] = set()
        while left := sorted(hidden_of(self.guarded, self.table).keys() - safe, key=self._order):
            if self.is_safe(left[0]) or self._has_hidden_more(left[0]):
                safe.add(left[0])
            else:
                self.guarded.withheld_tables.add((self.table.rows, self.table.columns))
                return

    def is_safe(self, place: Place) -> bool:
        """Whether the number can move by enough, with the totals in place or with one that is hidden."""
        rise, fall = needed(self.table.counts[place], self.smallest)
        if self._is_whole_group(place):
            return True
        if self.table.counts[place] >= self.smallest:
            return sum(self._moves(place, fall, fall)) >= fall
        return self._moves(place, rise, fall) == (rise, fall)

    def _order(self, place: Place) -> tuple[int, Place]:
        return self.table.counts[place], place

    def _moves(self, place: Place, rise: int, fall: int) -> tuple[int, int]:
        values = hidden_of(self.guarded, self.table)
        row, column = Node(True, place[0]), Node(False, place[1])
        rises = Hidden(values, without=(place,)).flow(column, row, at_most=rise)
        falls = Hidden(values, without=(place,)).flow(row, column, at_most=min(fall, values[place] - 1))
        return rises, falls

    def _is_whole_group(self, place: Place) -> bool:
        """Whether the number is a hidden total by itself, in its row or column: it moves as the total does."""
        at = ((self.table.rows, place[0]), (self.table.columns, place[1]))
        return any(
            (pair,) in self.guarded.hidden and self.release.dimensions[pair[0]][pair[1]] == self.table.counts[place]
            for pair in at
        )

    def _has_hidden_more(self, place: Place) -> bool:
        """Hide the corners of rectangles, the cheapest first, until the number is safe."""
        before = set(self.guarded.hidden)
        for corners in self._rectangles(place):
            self.guarded.hidden.update(corners)
            if self.is_safe(place):
                return True
        self.guarded.hidden.clear()
        self.guarded.hidden.update(before)
        return False

    def _rectangles(self, place: Place) -> Iterator[list[Cell]]:
        """Yield the other three corners of each rectangle without a zero: first those that make the number safe by
        themselves, and of these the ones that hide the least."""
        counts, (row, column) = self.table.counts, place
        rise, fall = needed(counts[place], self.smallest)
        columns = [key for (other, key), count in counts.items() if other == row and key != column and count]
        rows = [key for (key, other), count in counts.items() if other == column and key != row and count]
        found = []
        for other_row in rows:
            for other_column in columns:
                if not counts.get((other_row, other_column)):
                    continue
                sides = (row, other_column), (other_row, column)
                corners = [*sides, (other_row, other_column)]
                enough = min(counts[side] for side in sides) > rise and counts[corners[2]] > fall
                new = [each for each in corners if self.table.cell(*each) not in self.guarded.hidden]
                cost = (not enough, len(new), sum(counts[each] for each in new), corners)
                found.append((cost, [self.table.cell(*each) for each in corners]))
        yield from (corners for _, corners in sorted(found))
