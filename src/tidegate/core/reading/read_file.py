"""Reads a file: its bytes become text columns under the layout's names, each row with its exact number."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.reading.align import RowAligner
from tidegate.core.reading.decoding import Chunks, detect_encoding, has_mark, lines_of
from tidegate.core.reading.fast_path import FastRead, read_fast
from tidegate.core.reading.file_format import kind_of
from tidegate.core.reading.file_signatures import OWN_OUTPUT
from tidegate.core.reading.issue import (
    NO_LIMITS,
    Limits,
    ReadingIssue,
    as_issues,
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
    certain that no cell has blanks at its ends, a spreadsheet's wrapping, a sign that spells letters, or a character
    that cannot be read."""

    rows: pl.DataFrame
    issues: pl.DataFrame
    is_clean: bool = False


@dataclass(frozen=True)
class ReadingEnd:
    """What a file says as a whole: what is to be said of it and its header, whether nothing of it could be read, and
    whether that is since no row stood in it, of which the issues of the slices tell."""

    issues: Sequence[ReadingIssue]
    is_refused: bool = False
    has_no_rows: bool = False


class Reading:
    """A file that is being read. `names` is the header as it stands in the file, `positions` says where in it, from 0,
    each column of the layout stands.

    `slices` gives the rows, once: each has `row` (UInt32, as a spreadsheet counts) and one text column per layout
    column, in the layout's order; null is a cell that the row does not have. Blank rows are left out. `end` is there
    after the last of them; of a file that is refused by its first lines, at once.
    """

    def __init__(
        self, end: ReadingEnd | None = None, *, names: Sequence[str] = (), positions: Mapping[str, int] | None = None
    ) -> None:
        self.names = names
        self.positions = positions or {}
        self.slices: Iterable[Slice] = ()
        self._end = end
        self._chunks: Chunks | None = None

    @property
    def has_ended(self) -> bool:
        """Whether the file was read to its end, or refused."""
        return self._end is not None

    @property
    def end(self) -> ReadingEnd:
        """What the file says as a whole. RuntimeError while there are slices left to read."""
        if self._end is None:
            raise RuntimeError("The slices have not all been read: what the file says as a whole is not known yet")
        return self._end

    def take_less(self) -> None:
        """Let the slices that follow be smaller, where that is possible."""
        if self._chunks is not None:
            self._chunks.take_less()

    def read_from(self, slices: Iterator[Slice | ReadingEnd], chunks: Chunks | None) -> None:
        """Take what yields the slices, and after the last of them the end."""
        self._chunks = chunks
        self.slices = self._until_the_end(slices)

    def _until_the_end(self, slices: Iterator[Slice | ReadingEnd]) -> Iterator[Slice]:
        for part in slices:
            if isinstance(part, ReadingEnd):
                self._end = part
            else:
                yield part


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
        return Reading(ReadingEnd([of_kind], is_refused=True))
    encoding = detect_encoding(path)
    lines = lines_of(path, encoding)
    head = take_head(lines)
    top = find_preamble(head, layout, others)
    if top is None:
        return Reading(ReadingEnd([ReadingIssue("FILE001")], is_refused=True))
    if top.header.is_refused:
        return Reading(ReadingEnd(top.header.issues, is_refused=True), names=top.names)
    if over := _over_a_limit(path, layout, limits, is_exact=is_exact):
        return Reading(ReadingEnd([over], is_refused=True), names=top.names)
    reading = Reading(names=top.names, positions=top.header.positions)
    if encoding.is_mac_roman:
        top = replace(top, notices=(ReadingIssue("FILE036"), *top.notices))
    row_numbers = Numbering(top) if top.has_row_names else None
    if row_numbers:
        top, layout = row_numbers.beside(top, layout)
    aligner = RowAligner(top, layout, is_mixed=encoding.is_mixed)
    rows: Iterator[FastRead]
    chunks = None
    if is_exact or not top.delimiter.isascii() or (encoding.is_mixed and has_mark(path)):
        records = split_records(chain(head[top.line_count :], lines), top.delimiter, first_row=top.first_row)
        rows = _read_rows(records, aligner, layout)
    else:
        chunks = Chunks(path, encoding, skip_lines=top.line_count, chunk_bytes=limits.chunk_bytes)
        rows = read_fast(chunks, top, layout, aligner)
    reading.read_from(_slices(row_numbers.taken_off(rows) if row_numbers else rows, top, aligner, row_numbers), chunks)
    return reading


def _no_text_file(path: Path, layout: Layout) -> ReadingIssue | None:
    """Return the fault of a file that another program reads, such as a spreadsheet; None where it may be a text."""
    kind = kind_of(path)
    if kind is None:
        return None
    words = {"content": kind.name, **({"name": layout.name} if kind.code == OWN_OUTPUT else {})}
    return ReadingIssue(kind.code, words=words)


def _over_a_limit(path: Path, layout: Layout, limits: Limits, *, is_exact: bool) -> ReadingIssue | None:
    """Return the fault of a file that has too many rows, or too many that cannot be read. Where it may have, it is read
    to count them, and nothing else is done with it before."""
    if not may_be_over(path, limits):
        return None
    row_count = unreadable_count = 0
    for part in read_in_slices(path, layout, is_exact=is_exact, limits=without_counts(limits)).slices:
        row_count += part.rows.height
        unreadable_count += count_unreadable(part.issues)
    return too_many_rows(row_count, limits) or too_many_unreadable(unreadable_count, row_count, limits)


def _slices(
    parts: Iterable[FastRead], top: Preamble, aligner: RowAligner, row_numbers: Numbering | None
) -> Iterator[Slice | ReadingEnd]:
    """Yield the slices of a file, and its end.

    Args:
        parts: The rows below the header.
        top: What stands above them.
        aligner: Has brought them to the header's width, and has notices about it.
        row_numbers: The column that another program numbered the rows in; None where there is none. The file is
            refused where it turns out to be no numbering.

    Returns:
        The slices that have rows or issues, then what is to be said of the file.
    """
    row_count = 0
    for part in parts:
        row_count += part.rows.height
        issues = pl.concat([part.issues, too_long_cells(part.rows)])
        if not part.rows.is_empty() or not issues.is_empty():
            yield Slice(part.rows, issues, part.is_clean)
    if row_numbers and row_numbers.issue:
        yield ReadingEnd([row_numbers.issue], is_refused=True)
    elif row_count == 0:
        of_header = (issue for issue in (*top.notices, *top.header.issues) if issue.row)
        yield ReadingEnd([ReadingIssue("FILE003"), *of_header], is_refused=True, has_no_rows=True)
    else:
        yield ReadingEnd([*top.notices, *top.header.issues, *aligner.notices()])


@dataclass
class WholeReading:
    """What a file holds, as a Reading has it, at once: all `rows`, and all `faults`."""

    rows: pl.DataFrame
    issues: list[ReadingIssue]
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
    if reading.end.is_refused:
        return WholeReading(_no_rows(layout), list(reading.end.issues), is_refused=True, is_clean=False)
    issues = [*reading.end.issues, *(issue for part in slices for issue in as_issues(part.issues))]
    rows = pl.concat([_no_rows(layout), *(part.rows for part in slices)])
    return WholeReading(rows, issues, is_refused=False, is_clean=all(part.is_clean for part in slices))


def _no_rows(layout: Layout) -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.UInt32, **dict.fromkeys(layout.columns, pl.String)})


def _read_rows(records: Iterator[Record], aligner: RowAligner, layout: Layout) -> Iterator[FastRead]:
    """Yield the rows below the header: the exact path, one record after the other."""
    none = _no_rows(layout)
    for batch in _batches(records):
        fitted = [row for record in batch if (row := aligner.fit(record)) is not None]
        columns = zip(*fitted, strict=True) if fitted else [[] for _ in none.columns]
        rows = pl.DataFrame(dict(zip(none.columns, columns, strict=True)), schema=none.schema)
        yield FastRead(rows, is_clean=False, issues=aligner.take_issues())


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    """Yield the records in batches, each of about _SLICE_WEIGHT bytes in Python."""
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
