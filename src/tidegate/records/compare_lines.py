"""Compares the lines of a file with those on file: which are the same, which differ, which only one of them has."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from tidegate.core.frames.spill import SpillBuffer, SpilledPartitions
from tidegate.core.layouts.layout import Layout
from tidegate.core.reading.limits import NO_LIMITS, Limits
from tidegate.core.rules.expressions import hashes
from tidegate.records.exported_lines import ExportedFile, row_of_cell

ROW, LINE, HAS_UNREAD = "row", "line", "has_unread"
"""The row in the file, the place among the lines on file, and whether a cell of the row has no value."""
LINES_PER_PART = 50_000
_ORDINAL = "ordinal"


def unread_column(cell: str) -> str:
    """Return the column that is true where a cell of the file has a text and no value."""
    return f"unread:{cell}"


def on_file_column(cell: str) -> str:
    """Return the column with the text of a cell on file, null where it says the same as the file."""
    return f"on_file:{cell}"


@dataclass(frozen=True)
class Compared:
    """What a comparison found, as numbers of rows of the file and places of lines on file.

    `same` counts the lines that are equal. `differ` are pairs (ROW, LINE) that are one line with other cells.
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


class FileSlices:
    """The rows of a file that was checked, in the slices in which they wait on disk."""

    def __init__(self, rows: SpillBuffer) -> None:
        self._rows = rows
        firsts = [(number, int(slice_[ROW][0])) for number, slice_ in enumerate(rows) if not slice_.is_empty()]
        self.numbers = [number for number, _ in firsts]
        self._firsts = pl.Series([first for _, first in firsts], dtype=pl.UInt32)

    def __getitem__(self, number: int) -> pl.DataFrame:
        """Return the rows of a slice."""
        return self._rows[number]

    def number_of(self, rows: pl.Series) -> pl.Series:
        """Return for each row the number of its slice."""
        found = self._firsts.search_sorted(rows, side="right")
        return pl.Series(self.numbers, dtype=pl.UInt32).gather(found.cast(pl.Int64) - 1)


class LineComparison:
    """Compares a file with the lines on file part by part, as `compare_lines` does it with all at once: memory does not
    follow the file. Rows and lines of a unit are in one part, each in their order.

    After `compare`, by what is known then:

    Attributes:
        same_count: How many lines are equal.
        differ: The rows with other cells on file: ROW, and each cell's text on file (`on_file_column`); by slice.
        only_in_file: The numbers of the rows that are not on file.
        only_on_file: The lines that the file does not have: LINE and their texts; by the number of LINES_PER_PART.
    """

    def __init__(self, by: Matching, slices: FileSlices, file: ExportedFile, limits: Limits = NO_LIMITS) -> None:
        """Prepare the comparison.

        Args:
            by: By what lines are matched.
            slices: The rows of the file.
            file: The lines on file, as an export has them.
            limits: How much is kept in memory.
        """
        self._by, self._slices, self._file = by, slices, file
        self._part_count = limits.partition_count
        self._rows, self._lines, self.differ, self.only_on_file = (
            SpilledPartitions(memory_bytes=limits.kept_bytes) for _ in range(4)
        )
        self._line_count = 0
        self.same_count = 0
        self.only_in_file = pl.Series(dtype=pl.UInt32)

    def add_rows(self, rows: pl.DataFrame) -> None:
        """Add rows of the file: ROW, HAS_UNREAD, the cells' values, and of each whether it is unread."""
        self._rows.add(rows, self._part_of(rows))

    def add_lines(self, texts: pl.DataFrame) -> None:
        """Add lines on file, as texts."""
        lines = texts.with_row_index(LINE, self._line_count)
        self._line_count += lines.height
        self._lines.add(lines, self._part_of(self._file.typed(texts)))

    def _part_of(self, lines: pl.DataFrame) -> pl.Series:
        return hashes(lines, self._by.unit) % self._part_count

    def compare(self) -> None:
        """Compare what was added."""
        only_in_file = [self.only_in_file]
        for number in range(self._part_count):
            rows, texts = self._rows.partition(number), self._lines.partition(number)
            lines = texts.select(LINE).hstack(self._file.typed(texts))
            compared = compare_lines(rows, lines, self._by)
            self.same_count += compared.same
            only_in_file.append(compared.only_in_file)
            self._keep_differing(rows, texts, lines, compared.differ)
            left = texts.filter(pl.col(LINE).is_in(compared.only_on_file.implode()))
            self.only_on_file.add(left, left[LINE] // LINES_PER_PART)
        self.only_in_file = pl.concat(only_in_file).sort()

    def _keep_differing(
        self, rows: pl.DataFrame, texts: pl.DataFrame, lines: pl.DataFrame, pairs: pl.DataFrame
    ) -> None:
        """Keep of each pair the cells that differ, as they are on file."""
        here = pairs.join(rows, on=ROW, how="left", maintain_order="left")
        there = pairs.select(LINE).join(lines, on=LINE, how="left", maintain_order="left")
        said = pairs.select(LINE).join(texts, on=LINE, how="left", maintain_order="left")
        cells = []
        for name in self._by.cells:
            differs = here[name].ne_missing(there[name]) | here[unread_column(name)]
            cells.append(pl.when(differs).then(said[name].fill_null("")).alias(on_file_column(name)))
        self.differ.add(here.select(ROW, *cells), self._slices.number_of(here[ROW]))
