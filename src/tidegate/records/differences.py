"""The differences between a file and what is on file: counted, and told as text, CSV and JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, NamedTuple

import polars as pl

from tidegate.core.frames.spill import SpilledPartitions
from tidegate.core.outputs.spreadsheet import csv_chunks, escape_formula
from tidegate.records.compare_lines import LINE, ROW, FileSlices, LineComparison, Matching, on_file_column

REASON = "reconcile:reason"
"""The column that says why a row was not compared."""
_DIFFERS = "reconcile:differs"
_LINES_PER_PIECE = 5_000
_MAX_LINES_IN_WORDS = 5_000
_MAX_WIDTH = 40


class LineDifferenceKind(StrEnum):
    """How a line differs."""

    DIFFERS = "differs"
    ONLY_IN_FILE = "only in the file"
    ONLY_ON_FILE = "only on file"
    NOT_COMPARED = "not compared"


class DifferingCell(NamedTuple):
    """A cell that differs, as the file has it and as an export would have it."""

    column: str
    in_file: str
    on_file: str


class LineDifference(NamedTuple):
    """A line that differs: its row in the file, None where only the lines on file have it, and its cells by column.
    `cells` are those that differ where both have it; `reason` says why a row was not compared."""

    kind: LineDifferenceKind
    row: int | None
    line: dict[str, str]
    cells: tuple[DifferingCell, ...] = ()
    reason: str = ""

    @property
    def shown_cells(self) -> tuple[DifferingCell, ...]:
        """The cells that differ; without one a blank cell, with the reason where the row was not compared."""
        return self.cells or (DifferingCell("", self.reason, ""),)


@dataclass(frozen=True)
class Differences:
    """What a comparison of a file with the lines on file found. Its lines wait on disk until they are shown.

    Attributes:
        columns: The columns of the file.
        by: By what lines were matched.
        slices: The rows of the file.
        compared: How they differ from the lines on file.
        not_compared: The rows that belong to no line that could be on file (ROW), and why (REASON); by slice.
        not_compared_count: How many rows these are.
    """

    columns: Sequence[str]
    by: Matching
    slices: FileSlices
    compared: LineComparison
    not_compared: SpilledPartitions
    not_compared_count: int

    @property
    def counts(self) -> dict[str, int]:
        """How many lines are the same, differ, are only in the file, only on file, and were not compared."""
        return {
            "same": self.compared.same_count,
            "differ": self.compared.differ.row_count,
            "only_in_file": self.compared.only_in_file.len(),
            "only_on_file": self.compared.only_on_file.row_count,
            "not_compared": self.not_compared_count,
        }

    @property
    def are_equal(self) -> bool:
        """Whether file and lines on file are the same."""
        return not any(count for name, count in self.counts.items() if name != "same")

    def __iter__(self) -> Iterator[LineDifference]:
        """Yield the lines that differ: those of the file by row, then those that are only on file."""
        slices = self.slices.number_of(self.compared.only_in_file)
        for number in self.slices.numbers:
            shown = self._shown(number, self.compared.only_in_file.filter(slices == number))
            for line in _in_pieces(shown, by=ROW):
                yield self._difference(line)
        for number in self.compared.only_on_file.numbers:
            for line in _in_pieces(self.compared.only_on_file.partition(number), by=LINE):
                yield LineDifference(
                    LineDifferenceKind.ONLY_ON_FILE, None, {name: line[name] or "" for name in self.columns}
                )

    def _shown(self, number: int, only_in_file: pl.Series) -> pl.DataFrame:
        """Return the rows of a slice that differ: their texts, why they were not compared, and the cells on file."""
        reasons = self.not_compared.partition(number).unique(ROW, keep="last")
        differ = self.compared.differ.partition(number)
        shown = pl.concat([reasons[ROW], differ[ROW], only_in_file])
        if shown.is_empty():
            return shown.to_frame(ROW)
        rows = self.slices[number].select(ROW, *self.columns).filter(pl.col(ROW).is_in(shown.implode()))
        differ = differ.with_columns(pl.lit(True).alias(_DIFFERS))
        return rows.join(reasons, on=ROW, how="left").join(differ, on=ROW, how="left")

    def _difference(self, line: dict[str, Any]) -> LineDifference:
        text = {name: line[name] or "" for name in self.columns}
        if (reason := line[REASON]) is not None:
            return LineDifference(LineDifferenceKind.NOT_COMPARED, line[ROW], text, reason=reason)
        if not line[_DIFFERS]:
            return LineDifference(LineDifferenceKind.ONLY_IN_FILE, line[ROW], text)
        on_file = ((name, line[on_file_column(name)]) for name in self.by.cells)
        cells = tuple(DifferingCell(name, text[name], said) for name, said in on_file if said is not None)
        return LineDifference(LineDifferenceKind.DIFFERS, line[ROW], text, cells)

    def in_csv(self) -> Iterator[str]:
        """Yield one line for each cell that differs, and one for each line that only one of both has."""
        return csv_chunks(self._csv_lines(), line_end="\r\n")

    def _csv_lines(self) -> Iterator[Sequence[object]]:
        yield ("Difference", "Row", "Column", "In the file", "On file", *self.columns)
        for each in self:
            line = [escape_formula(each.line.get(name, "")) for name in self.columns]
            for cell in each.shown_cells:
                yield (each.kind, each.row, cell.column, *map(escape_formula, cell[1:]), *line)

    def in_json(self) -> Iterator[str]:
        """Yield one JSON object: the counts, and the lines that differ."""
        yield f'{{\n  "counts": {json.dumps(self.counts)},\n  "differences": ['
        end = "\n"
        for each in self:
            whole = each._asdict() | {"cells": [cell._asdict() for cell in each.cells]}
            yield f"{end}    {json.dumps(whole, ensure_ascii=False)}"
            end = ",\n"
        yield "\n  ]\n}\n" if end != "\n" else "]\n}\n"

    def in_words(self) -> Iterator[str]:
        """Yield the counts, and a table of what differs."""
        yield f"{self.sentence()}.\n"
        if self.are_equal:
            return
        rest = self.lines()
        lines = [self.header, *islice(rest, _MAX_LINES_IN_WORDS)]
        widths = [min(max(map(len, column)), _MAX_WIDTH) for column in zip(*lines, strict=True)]
        yield "\n"
        for line in lines:
            yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n"
        if next(rest, None):
            yield f"and more: the first {_MAX_LINES_IN_WORDS:,} are shown. --format csv has all of them\n"

    @property
    def header(self) -> tuple[str, ...]:
        """The header of a table of what differs."""
        return ("Row", "Difference", *self.by.unit, "Column", "In the file", "On file")

    def lines(self) -> Iterator[tuple[str, ...]]:
        """Yield the rows of that table: one for each cell that differs, and one for each line that only one of both
        has."""
        for each in self:
            unit = (each.line.get(name, "") for name in self.by.unit)
            about = (str(each.row or ""), str(each.kind), *unit)
            for cell in each.shown_cells:
                yield (*about, *(" ".join(text.split()) for text in cell))

    def sentence(self) -> str:
        """Return the counts in a sentence."""
        same, differ, only_here, only_there, left = self.counts.values()
        if self.are_equal:
            return f"The file and the lines on file are the same: {_lines(same)}"
        parts = [
            f"{_lines(same)} {'is' if same == 1 else 'are'} the same",
            f"{differ:,} {'differs' if differ == 1 else 'differ'}",
            f"{only_here:,} {'is' if only_here == 1 else 'are'} only in the file",
            f"{only_there:,} {'is' if only_there == 1 else 'are'} only on file",
            *([f"{left:,} could not be compared"] if left else []),
        ]
        return ", ".join(parts)


def _lines(count: int) -> str:
    return f"{count:,} line{'' if count == 1 else 's'}"


def _in_pieces(lines: pl.DataFrame, *, by: str) -> Iterator[dict[str, Any]]:
    """Yield the lines in order; only some of them are Python's objects at a time."""
    for some in lines.sort(by).iter_slices(_LINES_PER_PIECE):
        yield from some.iter_rows(named=True)
