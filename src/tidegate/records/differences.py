"""The differences between a file and what is on file: counted, and told as text, CSV and JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, NamedTuple

import polars as pl

from tidegate.core.outputs.spreadsheet import csv_chunks, escape_formula
from tidegate.records.compare_lines import LINE, ROW, Compared, Matching

_LINES_PER_SLICE = 5_000
_MAX_WIDTH = 40


class Kind(StrEnum):
    """How a line differs."""

    DIFFERS = "differs"
    ONLY_IN_FILE = "only in the file"
    ONLY_ON_FILE = "only on file"
    NOT_COMPARED = "not compared"


class NotCompared(NamedTuple):
    """A row that names no line that could be on file, and why."""

    row: int
    reason: str


class Cell(NamedTuple):
    """A cell that differs, as the file has it and as an export would have it."""

    column: str
    in_file: str
    on_file: str


class Difference(NamedTuple):
    """A line that differs: its row in the file, None where only the lines on file have it, and its cells by column.
    `cells` are those that differ where both have it; `reason` says why a row was not compared."""

    kind: Kind
    row: int | None
    line: dict[str, str]
    cells: tuple[Cell, ...] = ()
    reason: str = ""

    @property
    def shown_cells(self) -> tuple[Cell, ...]:
        """The cells that differ; without one a blank cell, with the reason where the row was not compared."""
        return self.cells or (Cell("", self.reason, ""),)


class BothTexts(NamedTuple):
    """The cells of the file as it has them, and those of the lines on file as an export has them."""

    in_file: pl.DataFrame
    on_file: pl.DataFrame


@dataclass(frozen=True)
class Differences:
    """What a comparison of a file with the lines on file found.

    `values` and `lines` are what the cells of both mean.
    """

    compared: Compared
    texts: BothTexts
    values: pl.DataFrame
    lines: pl.DataFrame
    by: Matching
    not_compared: list[NotCompared]

    @property
    def counts(self) -> dict[str, int]:
        """How many lines are the same, differ, are only in the file, only on file, and were not compared."""
        return {
            "same": self.compared.same,
            "differ": self.compared.differ.height,
            "only_in_file": self.compared.only_in_file.len(),
            "only_on_file": self.compared.only_on_file.len(),
            "not_compared": len(self.not_compared),
        }

    @property
    def are_equal(self) -> bool:
        """Whether file and lines on file are the same."""
        return not any(count for name, count in self.counts.items() if name != "same")

    def __iter__(self) -> Iterator[Difference]:
        """Yield the lines that differ: those of the file by row, then those that are only on file."""
        reasons = dict(self.not_compared)
        pairs = dict(self.compared.differ.iter_rows())
        rows = sorted([*reasons, *pairs, *self.compared.only_in_file])
        for some in _slices(rows):
            texts, values = _by_number(self.texts.in_file, ROW, some), _by_number(self.values, ROW, some)
            lines = _by_number(self.texts.on_file, LINE, [pairs[row] for row in some if row in pairs])
            for row in some:
                text = {name: cell or "" for name, cell in texts[row].items()}
                if row in reasons:
                    yield Difference(Kind.NOT_COMPARED, row, text, reason=reasons[row])
                elif row in pairs:
                    line = lines[pairs[row]]
                    yield Difference(Kind.DIFFERS, row, text, self._cells(text, values[row], line, pairs[row]))
                else:
                    yield Difference(Kind.ONLY_IN_FILE, row, text)
        for some in _slices(self.compared.only_on_file.to_list()):
            lines = _by_number(self.texts.on_file, LINE, some)
            for number in some:
                yield Difference(Kind.ONLY_ON_FILE, None, {name: cell or "" for name, cell in lines[number].items()})

    def _cells(
        self, text: dict[str, str], value: dict[str, Any], line: dict[str, Any], number: int
    ) -> tuple[Cell, ...]:
        there = self.lines.row(number, named=True)
        return tuple(
            Cell(name, text[name], line[name] or "")
            for name in self.by.cells
            if value[name] != there[name] or (value[name] is None and text[name])
        )

    @property
    def columns(self) -> list[str]:
        """The columns of the file."""
        return [name for name in self.texts.in_file.columns if name != ROW]

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
        lines = [self.header, *islice(self.told(), _LINES_PER_SLICE)]
        widths = [min(max(map(len, column)), _MAX_WIDTH) for column in zip(*lines, strict=True)]
        yield "\n"
        for line in lines:
            yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n"
        if sum(1 for _ in self.told()) > _LINES_PER_SLICE:
            yield f"and more: the first {_LINES_PER_SLICE:,} are shown. --format csv has all of them\n"

    @property
    def header(self) -> tuple[str, ...]:
        """The header of a table of what differs."""
        return ("Row", "Difference", *self.by.unit, "Column", "In the file", "On file")

    def told(self) -> Iterator[tuple[str, ...]]:
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


def _slices(numbers: list[int]) -> Iterator[list[int]]:
    return (numbers[start : start + _LINES_PER_SLICE] for start in range(0, len(numbers), _LINES_PER_SLICE))


def _by_number(frame: pl.DataFrame, column: str, numbers: list[int]) -> dict[int, dict[str, Any]]:
    """Return some lines of a frame by their number."""
    found = frame.filter(pl.col(column).is_in(numbers))
    return {line.pop(column): line for line in found.iter_rows(named=True)}
