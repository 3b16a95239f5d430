"""Reads a file: its bytes become text columns under the layout's names, each row with its exact number."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.reading.content import name_content
from tidegate.core.reading.decoding import lines_of
from tidegate.core.reading.fast_path import read_plain
from tidegate.core.reading.fault import Fault
from tidegate.core.reading.header import Header, drop_blank_end, find_delimiter, match_header
from tidegate.core.reading.records import BLANKS, Damage, Record, split_records

_SLICE = 50_000


@dataclass
class Reading:
    """What a file holds. `rows` has `row` (UInt32, as a spreadsheet counts) and one text column per layout column, in
    the layout's order; null is a cell that the row does not have. Blank rows are left out. `faults` are about the
    file, the header and whole rows; `is_refused` says that nothing of the file could be read."""

    rows: pl.DataFrame
    faults: list[Fault] = field(default_factory=list)
    is_refused: bool = False


def read_file(path: Path, layout: Layout, *, others: Iterable[Layout] = (), is_exact: bool = False) -> Reading:
    """Return the rows of the file at `path`. Never raises for what the file holds.

    `layout` is already that of the school year. `others` are the other file types, to recognise a file that was sent
    as the wrong type. `is_exact` leaves the fast path out; the rows are the same.
    """
    content = name_content(path)
    if content:
        return _refuse(layout, Fault("FILE002", words={"content": content}))
    lines = lines_of(path)
    blank_rows = 0
    for first_line in lines:
        if first_line.strip(f"{BLANKS},;|\x00"):
            break
        blank_rows += 1
    else:
        return _refuse(layout, Fault("FILE001"))
    delimiter = find_delimiter(first_line, layout)
    records = split_records(chain([first_line], lines), delimiter)
    cells = next(records).cells
    names = drop_blank_end(cells)
    header = match_header(names, layout, others)
    if header.is_refused:
        return Reading(_no_rows(layout), list(header.faults), is_refused=True)
    plain = None if blank_rows or names != cells or is_exact else read_plain(path, delimiter, header, names)
    if plain is None:
        reading = _read_rows(records, header, layout, header_cells=names, row_offset=blank_rows)
    else:
        reading = Reading(plain.select("row", *layout.columns))
    if reading.rows.is_empty():
        return _refuse(layout, Fault("FILE003"))
    reading.faults[:0] = header.faults
    return reading


def _refuse(layout: Layout, fault: Fault) -> Reading:
    return Reading(_no_rows(layout), [fault], is_refused=True)


def _no_rows(layout: Layout) -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.UInt32, **dict.fromkeys(layout.columns, pl.String)})


def _read_rows(
    records: Iterator[Record], header: Header, layout: Layout, *, header_cells: list[str], row_offset: int
) -> Reading:
    """Return the rows below the header, slice by slice."""
    fitter = _RowFitter(header, layout, header_cells)
    slices = [_no_rows(layout)]
    while batch := list(islice(records, _SLICE)):
        fitted = [
            (record.row + row_offset, *cells)
            for record in batch
            if (cells := fitter.fit(record, record.row + row_offset)) is not None
        ]
        if fitted:
            columns = zip(*fitted, strict=True)
            slices.append(pl.DataFrame(dict(zip(slices[0].columns, columns, strict=True)), schema=slices[0].schema))
    if fitter.early_ends:
        fitter.faults.append(Fault("FILE024", words={"count": f"{fitter.early_ends:,}"}))
    return Reading(pl.concat(slices), fitter.faults)


class _RowFitter:
    """Fits each record to the header: cuts blank cells at the end, fills cells that may be missing, notes faults."""

    def __init__(self, header: Header, layout: Layout, header_cells: list[str]) -> None:
        self.width = header.width
        self.header_cells = header_cells
        self.places = [header.positions[name] for name in layout.columns]
        self.names = {place: name for name, place in header.positions.items()}
        self.may_be_missing = {
            place
            for place in range(self.width)
            if place not in self.names or not layout.columns[self.names[place]].required
        }
        self.faults: list[Fault] = []
        self.early_ends = 0

    def fit(self, record: Record, row: int) -> list[str | None] | None:
        """Return the cells in the layout's order, None for a blank row."""
        cells: list[str | None] = list(record.cells)
        if len(cells) == self.width and record.damage is Damage.NONE and cells[0] != self.header_cells[0]:
            if any(cells) and not _is_blank(record.cells):
                return [cells[place] for place in self.places]
            return None
        if _is_blank(record.cells):
            return None
        if fault := self._fault(record, row):
            self.faults.append(fault)
            cells += [None] * (self.width - len(cells))
        elif len(cells) < self.width:
            self.early_ends += 1
            cells += [""] * (self.width - len(cells))
        return [cells[place] for place in self.places]

    def _fault(self, record: Record, row: int) -> Fault | None:
        """Return what is wrong with the row as a whole."""
        count = len(record.cells)
        if record.damage is not Damage.NONE:
            return Fault(record.damage.value, row)
        if [cell.strip() for cell in record.cells[: self.width]] == [name.strip() for name in self.header_cells]:
            return Fault("FILE025", row)
        words = {"count": str(count), "width": str(self.width)}
        if count > self.width and not _is_blank(record.cells[self.width :]):
            return Fault("FILE021", row, words=words)
        if count < self.width and not self.may_be_missing.issuperset(range(count, self.width)):
            missing = next(self.names[place] for place in range(count, self.width) if place not in self.may_be_missing)
            return Fault("FILE020", row, words={**words, "column": missing})
        return None


def _is_blank(cells: list[str]) -> bool:
    return not any(cell.strip(BLANKS) for cell in cells)
