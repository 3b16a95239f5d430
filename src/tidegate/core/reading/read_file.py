"""Reads a file: its bytes become text columns under the layout's names, each row with its exact number."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.reading.chunks import Chunks
from tidegate.core.reading.content import kind_of
from tidegate.core.reading.decoding import detect_encoding, lines_of
from tidegate.core.reading.fast_path import FastRead, read_fast
from tidegate.core.reading.fault import Fault
from tidegate.core.reading.file_kinds import OWN_OUTPUT
from tidegate.core.reading.fitting import RowFitter
from tidegate.core.reading.limits import NO_LIMITS, Limits, too_long_cells, too_many_rows
from tidegate.core.reading.numbering import Numbering
from tidegate.core.reading.records import Record, split_records
from tidegate.core.reading.top import Top, find_top, take_head

_SLICE = 50_000


@dataclass(frozen=True)
class Slice:
    """Some rows of a file, one after the other, with the faults of single rows. `is_tidy` says for certain that no cell
    has blanks at its ends, a spreadsheet's wrapping, a plus, number or ampersand sign, or a character that cannot be
    read."""

    rows: pl.DataFrame
    faults: list[Fault]
    is_tidy: bool = False


@dataclass
class Reading:
    """What a file holds. `names` is the header as it stands in the file, `positions` says where in it, from 0, each
    column of the layout stands. `slices` gives the rows, once: each has `row` (UInt32, as a spreadsheet counts) and one
    text column per layout column, in the layout's order; null is a cell that the row does not have. Blank rows are left
    out. After the last of them `faults` are what is to be said of the file and its header, and `is_refused` says
    whether nothing of the file could be read. Once `take_less` is called, the slices that follow are smaller, where
    that is possible."""

    slices: Iterable[Slice] = ()
    faults: list[Fault] = field(default_factory=list)
    is_refused: bool = False
    names: Sequence[str] = ()
    positions: Mapping[str, int] = field(default_factory=dict)
    take_less: Callable[[], None] = lambda: None


def read_in_slices(
    path: Path,
    layout: Layout,
    *,
    others: Collection[Layout] = (),
    limits: Limits = NO_LIMITS,
    is_exact: bool = False,
) -> Reading:
    """Return the file at `path`, to be read slice by slice. Never raises for what the file holds.

    `layout` is already that of the school year. `others` are the other file types, to recognise a file that was sent
    as the wrong type. `is_exact` leaves the fast path out; the rows and faults are the same.
    """
    if kind := kind_of(path):
        words = {"content": kind.name, **({"name": layout.name} if kind.code == OWN_OUTPUT else {})}
        return Reading(faults=[Fault(kind.code, words=words)], is_refused=True)
    encoding = detect_encoding(path)
    lines = lines_of(path, encoding)
    head = take_head(lines)
    top = find_top(head, layout, others)
    if top is None:
        return Reading(faults=[Fault("FILE001")], is_refused=True)
    if top.header.is_refused:
        return Reading(faults=list(top.header.faults), is_refused=True, names=top.names)
    reading = Reading(names=top.names, positions=top.header.positions)
    if encoding.is_mac_roman:
        top = replace(top, notices=(Fault("FILE036"), *top.notices))
    numbering = Numbering(top.first_row - 1) if top.has_row_names else None
    if numbering:
        top, layout = numbering.beside(top, layout)
    fitter = RowFitter(top, layout, is_mixed=encoding.is_mixed)
    rows: Iterator[FastRead]
    if is_exact or encoding.is_mixed or not top.delimiter.isascii():
        records = split_records(chain(head[top.line_count :], lines), top.delimiter, first_row=top.first_row)
        rows = (FastRead(rows, is_tidy=False) for rows in _read_rows(records, fitter, layout))
    else:
        chunks = Chunks(path, encoding, skip_lines=top.line_count, chunk_bytes=limits.chunk_bytes)
        rows = read_fast(chunks, top, layout, fitter)
        reading.take_less = chunks.take_less
    reading.slices = _slices(reading, numbering.taken_off(rows) if numbering else rows, top, fitter, limits)
    if numbering:
        reading.slices = _refused_where_broken(reading, reading.slices, numbering)
    return reading


def _refused_where_broken(reading: Reading, slices: Iterable[Slice], numbering: Numbering) -> Iterator[Slice]:
    """Yield the slices, and refuse the file where its first column turns out to be no numbering of the rows."""
    yield from slices
    if numbering.fault:
        reading.is_refused, reading.faults = True, [numbering.fault]


def _slices(
    reading: Reading, parts: Iterable[FastRead], top: Top, fitter: RowFitter, limits: Limits
) -> Iterator[Slice]:
    """Yield the slices that have rows or faults, and end with what is to be said of the file."""
    row_count = 0
    of_rows: list[Fault] = []
    for part in parts:
        row_count += part.rows.height
        faults = [*fitter.take_faults(), *too_long_cells(part.rows)]
        of_rows += faults if row_count == 0 else []
        if not part.rows.is_empty() and not too_many_rows(row_count, limits):
            yield Slice(part.rows, faults, part.is_tidy)
        elif faults:
            yield Slice(part.rows.clear(), faults)
    if too_many := too_many_rows(row_count, limits):
        reading.is_refused, reading.faults = True, [too_many]
    elif row_count == 0:
        of_header = (fault for fault in (*top.notices, *top.header.faults) if fault.row)
        reading.is_refused, reading.faults = True, [Fault("FILE003"), *of_header, *of_rows]
    else:
        reading.faults = [*top.notices, *top.header.faults, *fitter.notices()]


@dataclass
class WholeReading:
    """What a file holds, as a Reading has it, at once: all `rows`, and all `faults`."""

    rows: pl.DataFrame
    faults: list[Fault]
    is_refused: bool
    is_tidy: bool


def read_file(
    path: Path,
    layout: Layout,
    *,
    others: Collection[Layout] = (),
    limits: Limits = NO_LIMITS,
    is_exact: bool = False,
) -> WholeReading:
    """Return all rows of the file at `path`, as `read_in_slices` reads them; none where the file is refused."""
    reading = read_in_slices(path, layout, others=others, limits=limits, is_exact=is_exact)
    slices = list(reading.slices)
    if reading.is_refused:
        return WholeReading(_no_rows(layout), reading.faults, is_refused=True, is_tidy=False)
    rows = pl.concat([_no_rows(layout), *(part.rows for part in slices)])
    faults = [*reading.faults, *(fault for part in slices for fault in part.faults)]
    return WholeReading(rows, faults, is_refused=False, is_tidy=all(part.is_tidy for part in slices))


def _no_rows(layout: Layout) -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.UInt32, **dict.fromkeys(layout.columns, pl.String)})


def _read_rows(records: Iterator[Record], fitter: RowFitter, layout: Layout) -> Iterator[pl.DataFrame]:
    """Yield the rows below the header: the exact path, one record after the other."""
    none = _no_rows(layout)
    while batch := list(islice(records, _SLICE)):
        fitted = [row for record in batch if (row := fitter.fit(record)) is not None]
        columns = zip(*fitted, strict=True) if fitted else [[] for _ in none.columns]
        yield pl.DataFrame(dict(zip(none.columns, columns, strict=True)), schema=none.schema)
