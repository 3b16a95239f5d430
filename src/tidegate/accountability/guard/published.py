"""What the guard lets be seen of a release: the only kind of number that leaves one's own organizations.

Only this file makes one, from what `guard` has found; whoever shows numbers to others is handed nothing else.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from tidegate.accountability.guard.coding import Coded, coded_percent
from tidegate.accountability.guard.earlier_releases import EarlierRelease
from tidegate.accountability.guard.hide import Guarded
from tidegate.accountability.guard.release import Cell, Line, Release

_LAST_KEYS = ("", "+")
_ALONE = (("", ""),)


class PublishedTable(msgspec.Struct, frozen=True):
    """A table as everybody may see it.

    Attributes:
        dimensions: By what is counted: one thing, or two.
        titles: What people call these.
        rows: The key and the name of each row.
        columns: Those of each column; one blank one where it is counted by one thing.
        numbers: Row by row; None is hidden.
        row_totals: The total of each row of a crossed table; None is hidden.
        column_totals: The total of each column.
        total: How many there are in all.
        closed_rows: The keys of rows in which zeros are hidden, too.
        closed_columns: Those of columns.
        is_withheld: Whether nothing of it is published.
        percents: Of rates: what is said of each number, also of hidden ones; otherwise none.
        total_percents: Of rates: what is said of the total of each column.
    """

    dimensions: tuple[str, ...]
    titles: tuple[str, ...]
    rows: tuple[tuple[str, str], ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    numbers: tuple[tuple[int | None, ...], ...] = ()
    row_totals: tuple[int | None, ...] = ()
    column_totals: tuple[int | None, ...] = ()
    total: int = 0
    closed_rows: tuple[str, ...] = ()
    closed_columns: tuple[str, ...] = ()
    is_withheld: bool = False
    percents: tuple[tuple[str, ...], ...] = ()
    total_percents: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What people call the table."""
        return " by ".join(self.titles)

    @property
    def is_crossed(self) -> bool:
        """Whether it is counted by two things."""
        return len(self.dimensions) == 2

    def is_closed(self, row: str, column: str) -> bool:
        """Whether a hidden number may be 0."""
        return bool(self.percents) or row in self.closed_rows or (self.is_crossed and column in self.closed_columns)

    def percent(self, number: int | None, of: int | None, *, smallest: int, edge: int) -> str:
        """Return the share of a row as it is published, blank where a number of it is hidden, or is 0: it says nothing
        that the numbers which are shown do not say."""
        if not number or of is None:
            return ""  # of nobody there is no share
        return coded_percent(number, of, smallest=smallest, edge=edge)

    def percent_at(self, row: int, column: int, *, smallest: int, edge: int) -> str:
        """Return what is said of the share of a number by its position."""
        if self.percents:
            return self.percents[row][column]
        of = self.row_totals[row] if self.is_crossed else self.total
        return self.percent(self.numbers[row][column], of, smallest=smallest, edge=edge)

    def percents_by_cell(self) -> dict[Cell, str]:
        """Return what is said of the numbers of rates, blank where nothing is."""
        if not self.percents:
            return {}
        rows, columns = self.dimensions
        found: dict[Cell, str] = {}
        for (column, _), total in zip(self.columns, self.total_percents, strict=True):
            found[((columns, column),)] = total
        for (row, _), percents in zip(self.rows, self.percents, strict=True):
            for (column, _), percent in zip(self.columns, percents, strict=True):
                found[(rows, row), (columns, column)] = percent
        return found

    def cells(self) -> dict[Cell, int | None]:
        """Return each number that it has, with those of its margins."""
        if self.is_withheld:
            return {}
        rows = self.dimensions[0]
        if not self.is_crossed:
            return {((rows, key),): number for (key, _), (number,) in zip(self.rows, self.numbers, strict=True)}
        columns = self.dimensions[1]
        found: dict[Cell, int | None] = {}
        for (row, _), total, numbers in zip(self.rows, self.row_totals, self.numbers, strict=True):
            found[((rows, row),)] = total
            for (column, _), number in zip(self.columns, numbers, strict=True):
                found[(rows, row), (columns, column)] = number
        for (column, _), total in zip(self.columns, self.column_totals, strict=True):
            found[((columns, column),)] = total
        return found

    def closed(self) -> set[Line]:
        """Return the rows and columns in which zeros are hidden, too."""
        if not self.is_crossed:
            return set()
        rows, columns = self.dimensions
        lines: set[Line] = {((rows, columns), (rows, key)) for key in self.closed_rows}
        return lines | {((rows, columns), (columns, key)) for key in self.closed_columns}


def publish_table(
    release: Release,
    guarded: Guarded,
    dimensions: tuple[str, ...],
    *,
    titles: Mapping[str, str],
    names: Mapping[tuple[str, str], str],
) -> PublishedTable:
    """Return a table of a release as everybody may see it.

    Args:
        release: The release.
        guarded: What the guard has found of it.
        dimensions: By what the table is counted.
        titles: What people call the dimensions.
        names: What people call the values.
    """
    named = tuple(titles[name] for name in dimensions)
    if not _is_published(guarded, dimensions):
        return PublishedTable(dimensions, named, is_withheld=True)
    counts = dict(release.cells())

    def seen(cell: Cell) -> int | None:
        return None if cell in guarded.hidden else counts.get(cell, 0)

    def said(cell: Cell, of: Cell) -> str:
        """Return what is said of a rate's number: the percentage where it is shown, or what hides it."""
        if of in guarded.hidden:
            return ""
        coded = release.coded[cell]
        if coded.text or cell in guarded.hidden:
            return coded.text
        whole = counts.get(of, 0) if of else release.total
        return f"{round(Fraction(100 * counts.get(cell, 0), whole))} %" if coded.lowest else ""

    rows, *others = ([(key, names[name, key]) for key in _in_order(release, name, names)] for name in dimensions)
    name = dimensions[0]
    if not others:
        alone = tuple((seen(((name, key),)),) for key, _ in rows)
        return PublishedTable(dimensions, named, tuple(rows), _ALONE, alone, total=release.total)
    other, columns = dimensions[1], others[0]
    percents: tuple[tuple[str, ...], ...] = ()
    total_percents: tuple[str, ...] = ()
    if ((other, columns[0][0]),) in release.coded:
        percents = tuple(
            tuple(said(((name, row), (other, column)), ((name, row),)) for column, _ in columns) for row, _ in rows
        )
        total_percents = tuple(said(((other, column),), ()) for column, _ in columns)
    lines = [line[1] for line in guarded.closed if line[0] == dimensions]
    return PublishedTable(
        dimensions,
        named,
        tuple(rows),
        tuple(columns),
        tuple(tuple(seen(((name, row), (other, column))) for column, _ in columns) for row, _ in rows),
        tuple(seen(((name, row),)) for row, _ in rows),
        tuple(seen(((other, column),)) for column, _ in columns),
        release.total,
        tuple(sorted(key for of, key in lines if of == name)),
        tuple(sorted(key for of, key in lines if of == other)),
        percents=percents,
        total_percents=total_percents,
    )


def earlier_of(
    tables: Sequence[PublishedTable], exact: Mapping[Cell, int], coded: Mapping[Cell, Coded]
) -> EarlierRelease:
    """Return what published tables have made known for ever. `exact` has the numbers that they hide, `coded` what is
    said of them."""
    cells = {cell: number for table in tables for cell, number in table.cells().items()}
    return EarlierRelease(
        {cell: number for cell, number in cells.items() if number is not None},
        {cell: exact.get(cell, 0) for cell, number in cells.items() if number is None},
        frozenset(line for table in tables for line in table.closed()),
        {cell: coded[cell] for cell, number in cells.items() if number is None and cell in coded},
    )


def _is_published(guarded: Guarded, dimensions: tuple[str, ...]) -> bool:
    return not guarded.withheld_dimensions.intersection(dimensions) and dimensions not in guarded.withheld_tables


def _in_order(release: Release, dimension: str, names: Mapping[tuple[str, str], str]) -> list[str]:
    """Return the keys by their names, at last those of who has no value or several."""
    return sorted(release.dimensions[dimension], key=lambda key: (key in _LAST_KEYS, names[dimension, key], key))
