"""Which columns of a row are in question if a comma inside a value has pushed its cells to the right."""

import re
from collections.abc import Callable, Iterator, Sequence

import polars as pl

from tidegate.core.layouts.column_types import Number, Text
from tidegate.core.layouts.layout import Column, Layout

_PART_OF_NUMBER = re.compile(r"[0-9]+")
_MAX_NAMED = 4


def cells_in_words(count: int) -> str:
    """Return how many cells there are, as a message says it: `one cell`, `2 cells`."""
    return "one cell" if count == 1 else f"{count:,} cells"


def moved_columns(cells: Sequence[str], positions: dict[str, int], layout: Layout, *, width: int) -> str:
    """Return the columns to compare, in words: those from the value on that may have a comma inside.

    A number or a text may have been divided at a comma. Where every other cell fits its column once the two parts
    are put together, the comma is there. Of several such columns the first is named with those behind it; where there
    is none, all that may have a comma are named.

    Args:
        cells: The cells of the row.
        positions: The position of each column of the layout in the header.
        layout: The layout of the school year.
        width: The number of columns of the header.
    """
    by_position = {position: layout.columns[name] for name, position in positions.items()}
    may_hold = [at for at in range(min(width, len(cells) - 1)) if _may_hold_comma(by_position.get(at))]
    numbers = [at for at in may_hold if _are_parts_of_number(by_position[at], cells[at], cells[at + 1])]
    found = [at for at in numbers or may_hold if _fit(cells, by_position, at, width)]
    if found:
        named = [by_position[at].name for at in range(found[0], width) if at in by_position]
    else:
        named = [by_position[at].name for at in may_hold]
    return _in_words(named or [by_position[at].name for at in sorted(by_position)])


def divided_number(
    cells: Sequence[str], positions: dict[str, int], layout: Layout, *, width: int
) -> tuple[str, str] | None:
    """Find a number that a comma has divided, so that its parts are in two columns of numbers: the row can be read, and
    would be stored wrongly.

    Args:
        cells: The cells of a row.
        positions: The positions of the layout's columns.
        layout: The layout of the school year.
        width: The number of columns.

    Returns:
        The column and the number; None where everything may be in its column.
    """
    by_position = {position: layout.columns[name] for name, position in positions.items()}
    for at in range(min(width, len(cells)) - 1):
        column, behind = by_position.get(at), by_position.get(at + 1)
        if column is None or behind is None or not isinstance(behind.type, Number):
            continue
        if _are_parts_of_number(column, cells[at], cells[at + 1]) and _fit(cells, by_position, at, width):
            return column.name, f"{cells[at].strip()},{cells[at + 1].strip()}"
    return None


def marks_of_lines(
    lines: pl.Series, delimiter: str, positions: dict[str, int], layout: Layout, *, width: int
) -> pl.DataFrame:
    """Return for each line what `moved_columns` and `divided_number` depend on. Lines with the same marks have the same
    answers, so that these are computed for one line of each kind.

    Args:
        lines: Lines with more cells than the header, without quotes.
        delimiter: The file's delimiter.
        positions: The positions of the layout's columns.
        layout: The layout of the school year.
        width: The number of columns.
    """
    # the cells as Python divides them, down to the first beyond the header, and a last field for those behind it
    cells = lines.str.splitn(delimiter, width + 2).struct.unnest().with_columns(pl.all().fill_null(""))
    marks = [lines.str.count_matches(delimiter, literal=True)]
    by_position = {position: layout.columns[name] for name, position in positions.items()}
    for at, column in by_position.items():
        marks += _marks_of_column(column, by_position.get(at + 1), cells[f"field_{at}"], cells[f"field_{at + 1}"])
    return pl.DataFrame([mark.alias(f"mark_{number}") for number, mark in enumerate(marks)])


def _marks_of_column(column: Column, behind: Column | None, cells: pl.Series, moved: pl.Series) -> Iterator[pl.Series]:
    """Yield the marks that a column of the layout brings.

    Args:
        column: The column.
        behind: The column behind it, if there is one.
        cells: The cell of each line in its place.
        moved: The cell behind that.
    """
    if not isinstance(column.type, Text):  # a text takes any cell
        for each in (cells, moved):
            yield _of_each(each, lambda cell: _fits(column, cell.strip()))
    if isinstance(column.type, Number):
        are_parts = _of_each(cells, _is_part_of_number) & _of_each(moved, _is_part_of_number)
        yield are_parts
        if behind is not None and isinstance(behind.type, Number):  # its message quotes the number
            yield from (each.set(~are_parts, "") for each in (cells, moved))


def _of_each(cells: pl.Series, test: Callable[[str], bool]) -> pl.Series:
    """Return the answer for each cell; it is asked for once for cells that are the same."""
    distinct = cells.unique()
    answers = pl.Series([test(cell) for cell in distinct.to_list()], dtype=pl.Boolean)
    return cells.replace_strict(distinct, answers, return_dtype=pl.Boolean)


def _in_words(names: Sequence[str]) -> str:
    if len(names) > _MAX_NAMED:
        return f"{names[0]} and the columns after it"
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _may_hold_comma(column: Column | None) -> bool:
    return column is not None and isinstance(column.type, Number | Text)


def _are_parts_of_number(column: Column, first: str, second: str) -> bool:
    return isinstance(column.type, Number) and _is_part_of_number(first) and _is_part_of_number(second)


def _is_part_of_number(cell: str) -> bool:
    return _PART_OF_NUMBER.fullmatch(cell.strip()) is not None


def _fit(cells: Sequence[str], columns: dict[int, Column], comma: int, width: int) -> bool:
    """Return whether the cells fit their columns if two of them are one value, divided by its comma.

    Args:
        cells: The cells of a row.
        columns: The columns by position.
        comma: The position of the first of both cells.
        width: The number of columns.
    """
    return all(
        _fits(columns.get(at), cells[at if at < comma else at + 1].strip())
        for at in range(width)
        if at != comma and at + 1 < len(cells)
    )


def _fits(column: Column | None, cell: str) -> bool:
    if column is None or isinstance(column.type, Text):
        return True
    return column.type.may_be_meant(cell) if cell else not column.required
