"""Reads a file: its bytes become text columns under the layout's names, each row with its exact number."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.reading.content import name_content
from tidegate.core.reading.decoding import detect_encoding, lines_of
from tidegate.core.reading.fast_path import read_fast
from tidegate.core.reading.fault import Fault
from tidegate.core.reading.fitting import RowFitter
from tidegate.core.reading.limits import NO_LIMITS, Limits, too_long_cells, too_many_rows
from tidegate.core.reading.records import Record, split_records
from tidegate.core.reading.top import find_top, take_head

_SLICE = 50_000


@dataclass
class Reading:
    """What a file holds. `rows` has `row` (UInt32, as a spreadsheet counts) and one text column per layout column, in
    the layout's order; null is a cell that the row does not have. Blank rows are left out. `faults` are about the
    file, the header and whole rows; `is_refused` says that nothing of the file could be read. `names` is the header as
    it stands in the file, `positions` says where in it, from 0, each column of the layout stands. `is_tidy` says for
    certain that no cell has blanks at its ends or a spreadsheet's wrapping."""

    rows: pl.DataFrame
    faults: list[Fault] = field(default_factory=list)
    is_refused: bool = False
    names: Sequence[str] = ()
    positions: Mapping[str, int] = field(default_factory=dict)
    is_tidy: bool = False


def read_file(
    path: Path,
    layout: Layout,
    *,
    others: Iterable[Layout] = (),
    limits: Limits = NO_LIMITS,
    is_exact: bool = False,
) -> Reading:
    """Return the rows of the file at `path`. Never raises for what the file holds.

    `layout` is already that of the school year. `others` are the other file types, to recognise a file that was sent
    as the wrong type. `is_exact` leaves the fast path out; the rows and faults are the same.
    """
    content = name_content(path)
    if content:
        return _refuse(layout, Fault("FILE002", words={"content": content}))
    encoding = detect_encoding(path)
    lines = lines_of(path, encoding)
    head = take_head(lines)
    top = find_top(head, layout, others)
    if top is None:
        return _refuse(layout, Fault("FILE001"))
    if top.header.is_refused:
        return Reading(_no_rows(layout), list(top.header.faults), is_refused=True, names=top.names)
    fitter = RowFitter(top, layout, is_mixed=encoding.is_mixed)
    fast = None if is_exact else read_fast(path, encoding, top, layout, fitter)
    if fast is None:
        below = chain(head[top.line_count :], lines)
        rows = _read_rows(split_records(below, top.delimiter, first_row=top.first_row), fitter, layout)
    else:
        rows = fast.rows
    if too_many := too_many_rows(rows.height, limits):
        return _refuse(layout, too_many)
    faults = [*top.notices, *top.header.faults, *fitter.notices(), *fitter.faults, *too_long_cells(rows)]
    if rows.is_empty():
        return Reading(rows, [Fault("FILE003"), *(fault for fault in faults if fault.row)], is_refused=True)
    is_tidy = fast is not None and fast.is_tidy
    return Reading(rows, faults, names=top.names, positions=top.header.positions, is_tidy=is_tidy)


def _refuse(layout: Layout, fault: Fault) -> Reading:
    return Reading(_no_rows(layout), [fault], is_refused=True)


def _no_rows(layout: Layout) -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.UInt32, **dict.fromkeys(layout.columns, pl.String)})


def _read_rows(records: Iterator[Record], fitter: RowFitter, layout: Layout) -> pl.DataFrame:
    """Return the rows below the header, slice by slice: the exact path, one record after the other."""
    none = _no_rows(layout)
    slices = [none]
    while batch := list(islice(records, _SLICE)):
        fitted = [row for record in batch if (row := fitter.fit(record)) is not None]
        if fitted:
            columns = zip(*fitted, strict=True)
            slices.append(pl.DataFrame(dict(zip(none.columns, columns, strict=True)), schema=none.schema))
    return pl.concat(slices)
