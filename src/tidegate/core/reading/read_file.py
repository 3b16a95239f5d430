"""Reads a file: its bytes become text columns under the layout's names, each row with its exact number."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.reading.align import RowAligner
from tidegate.core.reading.chunks import Chunks
from tidegate.core.reading.decoding import detect_encoding, lines_of
from tidegate.core.reading.fast_path import FastRead, read_fast
from tidegate.core.reading.file_format import kind_of
from tidegate.core.reading.file_signatures import OWN_OUTPUT
from tidegate.core.reading.issue import ReadingIssue, as_issues
from tidegate.core.reading.limits import (
    NO_LIMITS,
    Limits,
    count_unreadable,
    may_be_over,
    too_long_cells,
    too_many_rows,
    too_many_unreadable,
    without_counts,
)
from tidegate.core.reading.preamble import Preamble, find_preamble, take_head
from tidegate.core.reading.records import Record, split_records
from tidegate.core.reading.row_numbers import Numbering

_SLICE_WEIGHT, _WEIGHT_OF_RECORD, _WEIGHT_OF_CELL = 40 << 20, 200, 60
"""How much of a file is read at once, record by record: about the bytes that Python needs for it."""


@dataclass(frozen=True)
class Slice:
    """Some rows of a file, one after the other, with the faults of single rows, shaped as FAULTS. `is_clean` says for
    certain that no cell has blanks at its ends, a spreadsheet's wrapping, a plus, number or ampersand sign, or a
    character that cannot be read."""

    rows: pl.DataFrame
    faults: pl.DataFrame
    is_clean: bool = False


@dataclass
class Reading:
    """What a file holds. `names` is the header as it stands in the file, `positions` says where in it, from 0, each
    column of the layout stands. `slices` gives the rows, once: each has `row` (UInt32, as a spreadsheet counts) and one
    text column per layout column, in the layout's order; null is a cell that the row does not have. Blank rows are left
    out. After the last of them `faults` are what is to be said of the file and its header, and `is_refused` says
    whether nothing of the file could be read; `has_no_rows` that this is since no row stood in it, of which the faults
    of the slices tell. Once `take_less` is called, the slices that follow are smaller, where that is possible."""

    slices: Iterable[Slice] = ()
    faults: list[ReadingIssue] = field(default_factory=list)
    is_refused: bool = False
    has_no_rows: bool = False
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
    if of_kind := _no_text_file(path, layout):
        return Reading(faults=[of_kind], is_refused=True)
    encoding = detect_encoding(path)
    lines = lines_of(path, encoding)
    head = take_head(lines)
    top = find_preamble(head, layout, others)
    if top is None:
        return Reading(faults=[ReadingIssue("FILE001")], is_refused=True)
    if top.header.is_refused:
        return Reading(faults=list(top.header.faults), is_refused=True, names=top.names)
    if over := _over_a_limit(path, layout, limits, is_exact=is_exact):
        return Reading(faults=[over], is_refused=True, names=top.names)
    reading = Reading(names=top.names, positions=top.header.positions)
    if encoding.is_mac_roman:
        top = replace(top, notices=(ReadingIssue("FILE036"), *top.notices))
    numbering = Numbering(top.first_row - 1) if top.has_row_names else None
    if numbering:
        top, layout = numbering.beside(top, layout)
    fitter = RowAligner(top, layout, is_mixed=encoding.is_mixed)
    rows: Iterator[FastRead]
    if is_exact or encoding.is_mixed or not top.delimiter.isascii():
        records = split_records(chain(head[top.line_count :], lines), top.delimiter, first_row=top.first_row)
        rows = _read_rows(records, fitter, layout)
    else:
        chunks = Chunks(path, encoding, skip_lines=top.line_count, chunk_bytes=limits.chunk_bytes)
        rows = read_fast(chunks, top, layout, fitter)
        reading.take_less = chunks.take_less
    slices = _slices(reading, numbering.taken_off(rows) if numbering else rows, top, fitter)
    reading.slices = _refused_where_broken(reading, slices, numbering)
    return reading


def _no_text_file(path: Path, layout: Layout) -> ReadingIssue | None:
    """Return the fault of a file that another program reads, such as a spreadsheet; None where it may be a text."""
    kind = kind_of(path)
    if kind is None:
        return None
    words = {"content": kind.name, **({"name": layout.name} if kind.code == OWN_OUTPUT else {})}
    return ReadingIssue(kind.code, words=words)


def _refused_where_broken(reading: Reading, slices: Iterable[Slice], numbering: Numbering | None) -> Iterator[Slice]:
    """Yield the slices, and refuse the file where its first column turns out to be no numbering of the rows."""
    yield from slices
    if numbering and numbering.fault:
        reading.is_refused, reading.faults = True, [numbering.fault]


def _over_a_limit(path: Path, layout: Layout, limits: Limits, *, is_exact: bool) -> ReadingIssue | None:
    """Return the fault of a file that has too many rows, or too many that cannot be read. Where it may have, it is read
    to count them, and nothing else is done with it before."""
    if not may_be_over(path, limits):
        return None
    row_count = unreadable_count = 0
    for part in read_in_slices(path, layout, is_exact=is_exact, limits=without_counts(limits)).slices:
        row_count += part.rows.height
        unreadable_count += count_unreadable(part.faults)
    return too_many_rows(row_count, limits) or too_many_unreadable(unreadable_count, row_count, limits)


def _slices(reading: Reading, parts: Iterable[FastRead], top: Preamble, fitter: RowAligner) -> Iterator[Slice]:
    """Yield the slices that have rows or faults, and end with what is to be said of the file."""
    row_count = 0
    for part in parts:
        row_count += part.rows.height
        faults = pl.concat([part.faults, too_long_cells(part.rows)])
        if not part.rows.is_empty() or not faults.is_empty():
            yield Slice(part.rows, faults, part.is_clean)
    if row_count == 0:
        of_header = (fault for fault in (*top.notices, *top.header.faults) if fault.row)
        reading.is_refused = reading.has_no_rows = True
        reading.faults = [ReadingIssue("FILE003"), *of_header]
    else:
        reading.faults = [*top.notices, *top.header.faults, *fitter.notices()]


@dataclass
class WholeReading:
    """What a file holds, as a Reading has it, at once: all `rows`, and all `faults`."""

    rows: pl.DataFrame
    faults: list[ReadingIssue]
    is_refused: bool
    is_clean: bool


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
        return WholeReading(_no_rows(layout), reading.faults, is_refused=True, is_clean=False)
    faults = [*reading.faults, *(fault for part in slices for fault in as_issues(part.faults))]
    rows = pl.concat([_no_rows(layout), *(part.rows for part in slices)])
    return WholeReading(rows, faults, is_refused=False, is_clean=all(part.is_clean for part in slices))


def _no_rows(layout: Layout) -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.UInt32, **dict.fromkeys(layout.columns, pl.String)})


def _read_rows(records: Iterator[Record], fitter: RowAligner, layout: Layout) -> Iterator[FastRead]:
    """Yield the rows below the header: the exact path, one record after the other."""
    none = _no_rows(layout)
    for batch in _batches(records):
        fitted = [row for record in batch if (row := fitter.fit(record)) is not None]
        columns = zip(*fitted, strict=True) if fitted else [[] for _ in none.columns]
        rows = pl.DataFrame(dict(zip(none.columns, columns, strict=True)), schema=none.schema)
        yield FastRead(rows, is_clean=False, faults=fitter.take_faults())


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    """Yield the records, so many at once as are not too many cells or characters."""
    batch: list[Record] = []
    room = _SLICE_WEIGHT
    for record in records:
        batch.append(record)
        room -= _WEIGHT_OF_RECORD + _WEIGHT_OF_CELL * len(record.cells) + sum(map(len, record.cells))
        if room < 0:
            yield batch
            batch, room = [], _SLICE_WEIGHT
    if batch:
        yield batch
