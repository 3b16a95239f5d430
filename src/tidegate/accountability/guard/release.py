"""What is published together: counts by one thing and by two, with their totals, each part of which adds up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from tidegate.accountability.guard.coding import Coded

Cell: TypeAlias = tuple[tuple[str, str], ...]
"""A number of the release by what it is of: `(("school", "2001"),)`, or with a second pair; without one, of all."""
Line: TypeAlias = tuple[tuple[str, str], tuple[str, str]]
"""A row or a column of a table: the two dimensions of the table, and what the line is of."""


def is_in_line(cell: Cell, line: Line) -> bool:
    """Whether a number is in a row or a column of a table."""
    return len(cell) == 2 and (cell[0][0], cell[1][0]) == line[0] and line[1] in cell


@dataclass(frozen=True)
class TwoWayTable:
    """Counts by two things, each a dimension of the release. What is missing is 0."""

    rows: str
    columns: str
    counts: Mapping[tuple[str, str], int]

    def cell(self, row: str, column: str) -> Cell:
        """Return the cell of a row and a column."""
        return ((self.rows, row), (self.columns, column))

    @property
    def name(self) -> tuple[str, str]:
        """Its two dimensions."""
        return self.rows, self.columns


@dataclass(frozen=True)
class Release:
    """Tables that are published together: counts by each dimension, and the tables of two of these.

    `coded` has those numbers of which something is said even where they are hidden, and that are hidden where they are
    0, too: that nobody of a group has attained something says it of each of them.

    Raises ValueError where the parts of a total do not add up to it: a guard that takes a sum for granted that is none
    would protect nothing.
    """

    dimensions: Mapping[str, Mapping[str, int]]
    tables: tuple[TwoWayTable, ...] = ()
    adds_up: bool = True
    coded: Mapping[Cell, Coded] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.adds_up:
            return  # these are not counts but how far counts can move
        sums = {name: sum(counts.values()) for name, counts in self.dimensions.items()}
        if len(set(sums.values())) > 1:
            raise ValueError(f"The dimensions do not add up to one total: {sums}")
        for table in self.tables:
            for place, name in enumerate((table.rows, table.columns)):
                self._check_margin(table, place, name)

    @property
    def total(self) -> int:
        """How many there are in all."""
        return sum(next(iter(self.dimensions.values()), {}).values())

    def tables_of(self, dimension: str) -> list[TwoWayTable]:
        """Return the tables that have a dimension."""
        return [table for table in self.tables if dimension in (table.rows, table.columns)]

    def cells(self) -> Iterable[tuple[Cell, int]]:
        """Yield each number but the total with its cell, without those that are 0."""
        for name, counts in self.dimensions.items():
            yield from ((((name, key),), count) for key, count in counts.items() if count)
        for table in self.tables:
            yield from ((table.cell(*keys), count) for keys, count in table.counts.items() if count)

    def coded_zeros(self) -> list[Cell]:
        """Return the numbers that are 0 and not shown to be."""
        counts = dict(self.cells()) if self.coded else {}
        return [cell for cell in self.coded if cell not in counts]

    def has_line(self, line: Line) -> bool:
        """Whether there is such a row or column."""
        names = {table.name for table in self.tables}
        return line[0] in names and line[1][1] in self.dimensions[line[1][0]]

    def cells_of_line(self, line: Line) -> list[Cell]:
        """Return the numbers of a row or a column, zeros included."""
        (rows, columns), (dimension, key) = line
        if dimension == rows:
            return [((rows, key), (columns, other)) for other in self.dimensions[columns]]
        return [((rows, other), (columns, key)) for other in self.dimensions[rows]]

    def _check_margin(self, table: TwoWayTable, place: int, name: str) -> None:
        sums = dict.fromkeys(self.dimensions[name], 0)
        for keys, count in table.counts.items():
            if count < 0:
                raise ValueError(f"A count of {table.rows} and {table.columns} is below 0")
            sums[keys[place]] += count
        if sums != dict(self.dimensions[name]):
            raise ValueError(f"{table.rows} and {table.columns} do not add up to the counts by {name}")
