"""Compares the lines of a file with those on file: which are the same, which differ, which only one of them has."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.records.exported_lines import row_of_cell

ROW, LINE, HAS_UNREAD = "row", "line", "has_unread"
"""The row in the file, the place among the lines on file, and whether a cell of the row has no value."""
_ORDINAL = "ordinal"


@dataclass(frozen=True)
class Compared:
    """What a comparison found, as numbers of rows of the file and places of lines on file.

    `same` counts the lines that are equal. `differ` are pairs that are one line with other cells.
    """

    same: int
    differ: pl.DataFrame
    only_in_file: pl.Series
    only_on_file: pl.Series


class Matching(NamedTuple):
    """The columns by which lines are matched: those that are compared, those in which lines agree that are replaced
    together, and the first day, by which lines of a group are paired first; None where there is none."""

    cells: Sequence[str]
    unit: Sequence[str]
    first_day: str | None


def matching_of(layout: Layout, first_day: str | None) -> Matching:
    """Return by what the lines of a layout are matched; `first_day` is the stored column of a row."""
    cells = [name for name in layout.columns if row_of_cell(layout, name) is not None]
    unit = dict.fromkeys(name for row in layout.group or layout.key for name in layout.read_from(row)[:1])
    day = layout.read_from(first_day)[0] if first_day else None
    return Matching(cells, list(unit), day if day not in unit else None)


def compare_lines(in_file: pl.DataFrame, on_file: pl.DataFrame, by: Matching) -> Compared:
    """Return how the lines of a file and those on file differ.

    Lines are matched as loading does it: equal lines first, one by one, since two alike both count. What is left of a
    group is paired by its first day, then in its order.

    Args:
        in_file: ROW, HAS_UNREAD and the cells of each row.
        on_file: LINE and the cells of each line.
        by: By what they are matched.
    """
    whole = in_file.filter(~pl.col(HAS_UNREAD))
    same = _pairs(whole, on_file, by.cells, nulls_equal=True)
    here = in_file.join(same, on=ROW, how="anti", maintain_order="left")
    there = on_file.join(same, on=LINE, how="anti", maintain_order="left")
    differ = [pl.DataFrame(schema=same.schema)]
    for agree in [[*by.unit, by.first_day]] * bool(by.first_day) + [list(by.unit)]:
        pairs = _pairs(here, there, [each for each in agree if each], nulls_equal=False)
        here = here.join(pairs, on=ROW, how="anti", maintain_order="left")
        there = there.join(pairs, on=LINE, how="anti", maintain_order="left")
        differ.append(pairs)
    return Compared(same.height, pl.concat(differ).sort(ROW), here[ROW], there[LINE])


def _pairs(here: pl.DataFrame, there: pl.DataFrame, agree: Sequence[str], *, nulls_equal: bool) -> pl.DataFrame:
    """Return ROW and LINE of the lines that agree in these columns, the first of one with the first of the other."""
    number = pl.int_range(pl.len()).over(*agree).alias(_ORDINAL)
    rows, lines = here.select(ROW, *agree, number), there.select(LINE, *agree, number)
    pairs = rows.join(lines, on=[*agree, _ORDINAL], how="inner", nulls_equal=nulls_equal, maintain_order="left")
    return pairs.select(ROW, LINE)
