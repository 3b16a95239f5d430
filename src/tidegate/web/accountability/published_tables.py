"""Published tables as a page has them: each number with what is said of it, and bars for those that are shown."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.safestring import SafeString

from tidegate.accountability.guard.published import PublishedTable
from tidegate.web.plots.bars import BarRows, Part, Row

_MAX_COLUMNS = 8
"""A table with more columns than these is listed, one line for each number that is not 0."""
_BAR = (Part("Students", "look-1"),)


@dataclass(frozen=True)
class ShownNumber:
    """A number of a table: None is hidden, and then may be 0 where the whole row or column is. `percent` is of its
    row."""

    number: int | None
    percent: str = ""
    may_be_zero: bool = False


@dataclass(frozen=True)
class ShownTable:
    """A table with the names of a report's settings: what is shown from, and where percentages are coded."""

    table: PublishedTable
    smallest: int
    edge_percent: int

    @property
    def is_listed(self) -> bool:
        """Whether it has too many columns to stand beside each other."""
        return len(self.table.columns) > _MAX_COLUMNS

    @property
    def bars(self) -> list[tuple[str, ShownNumber, SafeString | None]]:
        """Each name of a table of one thing, with its number and its bar; a hidden number has none."""
        names = [name for _, name in self.table.rows]
        numbers = [number for (number,) in self.table.numbers]
        shown = [Row(name, (number,)) for name, number in zip(names, numbers, strict=True) if number is not None]
        drawn = iter(BarRows(_BAR, shown).drawings)
        return [
            (name, self._at(row, 0), next(drawn)[1] if number is not None else None)
            for row, (name, number) in enumerate(zip(names, numbers, strict=True))
        ]

    @property
    def lines(self) -> list[tuple[str, list[ShownNumber], int | None]]:
        """Each row of a crossed table: its name, its numbers and its total."""
        table = self.table
        return [
            (name, [self._at(row, column) for column in range(len(table.columns))], total)
            for row, ((_, name), total) in enumerate(zip(table.rows, table.row_totals, strict=True))
        ]

    @property
    def totals(self) -> list[ShownNumber]:
        """The totals of the columns of a crossed table."""
        percents = self.table.total_percents or [""] * len(self.table.columns)
        return [
            ShownNumber(number, percent, bool(percent) and number is None)
            for number, percent in zip(self.table.column_totals, percents, strict=True)
        ]

    @property
    def listed(self) -> Iterator[tuple[str, str, ShownNumber]]:
        """Each number of a crossed table that is not 0, by both names."""
        for name, numbers, _ in self.lines:
            for (_, other), number in zip(self.table.columns, numbers, strict=True):
                if number.number != 0:
                    yield name, other, number

    def _at(self, row: int, column: int) -> ShownNumber:
        table, number = self.table, self.table.numbers[row][column]
        may_be_zero = number is None and table.is_closed(table.rows[row][0], table.columns[column][0])
        percent = table.percent_at(row, column, smallest=self.smallest, edge=self.edge_percent)
        return ShownNumber(number, percent, may_be_zero)
