"""Reads a file: bytes become text columns under the layout's names, each row with its number."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import polars as pl
from msgspec.structs import replace

from tidegate.core.layouts.layout import Layout
from tidegate.core.reading.align import AlignedRows, RowAligner
from tidegate.core.reading.decoding import Chunks, detect_encoding, has_mark, lines_of, without_marks
from tidegate.core.reading.file_format import format_of
from tidegate.core.reading.file_signatures import OWN_OUTPUT
from tidegate.core.reading.issue import NO_ISSUES, ReadingIssue, as_issues, issues_of
from tidegate.core.reading.limits import (
    MIN_UNREADABLE_ROWS,
    NO_LIMITS,
    Limits,
    count_unreadable,
    too_many_rows,
    too_many_unreadable,
    without_counts,
)
from tidegate.core.reading.plain_lines import (
    NO_ROWS,
    find_plain,
    is_clean,
    may_have_a_long_line,
    numbered,
    parse_content,
    parse_if_whole,
    split_lines,
    untidy_rows,
    with_newlines,
)
from tidegate.core.reading.preamble import Preamble, find_preamble, take_head
from tidegate.core.reading.records import MAX_CELL_CHARACTERS, MAX_LINE_CHARACTERS, Record, split_records
from tidegate.core.reading.row_numbers import Numbering

if TYPE_CHECKING:
    from tidegate.core.reading.odd_rows import OddRows

_BLOCK_BYTES = 1 << 22
# How much of a file is read at once, record by record: about the bytes that Python needs for it.
_SLICE_WEIGHT, _WEIGHT_OF_RECORD, _WEIGHT_OF_CELL = 40 << 20, 200, 60


class Slice(msgspec.Struct, frozen=True):
    """Consecutive rows of a file, with the issues of single rows, shaped as ISSUES.

    `untidy` has the numbers of the rows with a cell that may not be clean (see `untidy_rows`); None where any may.
    """

    rows: pl.DataFrame
    issues: pl.DataFrame
    untidy: pl.Series | None = None


class ReadingEnd(msgspec.Struct, frozen=True):
    """What was found about a file as a whole.

    `issues` are about the file and its header. `is_refused` says that nothing of it could be read,
    and `has_no_rows` that the reason is that it has no rows.
    """

    issues: Sequence[ReadingIssue]
    is_refused: bool = False
    has_no_rows: bool = False


class Reading:
    """A file that is being read. `names` is its header; `positions` has the position, from 0, of
    each column of the layout in it.

    `slices` yields the rows, once: `row` (UInt32, as a spreadsheet counts) and one text column per
    layout column, in the layout's order; null is a cell that the row does not have. Blank rows are
    left out. `end` is available after the last slice, or at once if the first lines already make
    the file refused.
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
        """What was found about the file as a whole. RuntimeError while there are slices left to
        read."""
        if self._end is None:
            raise RuntimeError("The slices have not all been read: what the file says as a whole is not known yet")
        return self._end

    def take_less(self) -> None:
        """Make the following slices smaller, if that is possible."""
        if self._chunks is not None:
            self._chunks.take_less()

    def read_from(self, slices: Iterator[Slice | ReadingEnd], chunks: Chunks | None) -> None:
        """Set the iterator of the slices. After the last slice it yields the end."""
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
    others: Iterable[Layout] = (),
    limits: Limits = NO_LIMITS,
    is_exact: bool = False,
) -> Reading:
    """Return the file at `path`, to be read slice by slice. Never raises for what the file holds.

    Args:
        path: The file.
        layout: The layout of the school year.
        others: The other file types, to recognize a file that was sent as the wrong type.
        limits: Bounds of size.
        is_exact: Whether to read without the fast path; rows and issues are the same.
    """
    if issue := _no_text_file(path, layout):
        return Reading(ReadingEnd([issue], is_refused=True))
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
        top, layout = row_numbers.with_numbering(top, layout)
    aligner = RowAligner(top, layout, is_mixed=encoding.is_mixed)
    rows: Iterator[AlignedRows]
    chunks = None
    if is_exact or not top.delimiter.isascii() or (encoding.is_mixed and has_mark(path)):
        records = split_records(chain(head[top.line_count :], lines), top.delimiter, first_row=top.first_row)
        rows = _read_rows(records, aligner, layout)
    else:
        chunks = Chunks(path, encoding, skip_lines=top.line_count, chunk_bytes=limits.chunk_bytes)
        rows = _read_chunks(chunks, top, aligner)
    reading.read_from(_slices(row_numbers.taken_off(rows) if row_numbers else rows, top, aligner, row_numbers), chunks)
    return reading


def _no_text_file(path: Path, layout: Layout) -> ReadingIssue | None:
    """Return the issue of a file that is no text, such as a workbook; None if it may be a text."""
    found = format_of(path)
    if found is None:
        return None
    words = {"content": found.name, **({"name": layout.name} if found.code == OWN_OUTPUT else {})}
    return ReadingIssue(found.code, words=words)


def _over_a_limit(path: Path, layout: Layout, limits: Limits, *, is_exact: bool) -> ReadingIssue | None:
    """Return the issue of a file with too many rows, or too many unreadable ones; None if it has not.

    If it may have too many, the whole file is read to count them before anything else is done with it.

    Args:
        path: The file.
        layout: The layout of the school year.
        limits: Bounds of size.
        is_exact: Whether to read without the fast path.
    """
    if not _may_be_over(path, limits):
        return None
    row_count = unreadable_count = 0
    for part in read_in_slices(path, layout, is_exact=is_exact, limits=without_counts(limits)).slices:
        row_count += part.rows.height
        unreadable_count += count_unreadable(part.issues)
    return too_many_rows(row_count, limits) or too_many_unreadable(unreadable_count, row_count, limits)


def _may_be_over(path: Path, limits: Limits) -> bool:
    """Whether the file has enough lines to exceed a limit of the number of rows."""
    most = [] if limits.row_count is None else [limits.row_count]
    most += [] if limits.unreadable_percent is None else [MIN_UNREADABLE_ROWS - 1]
    return bool(most) and path.stat().st_size > min(most) and _line_count(path) > min(most)


def _line_count(path: Path) -> int:
    """Return an upper bound of the file's number of lines, whatever its encoding."""
    count = 1
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            count += block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")
    return count


def _slices(
    parts: Iterable[AlignedRows], top: Preamble, aligner: RowAligner, row_numbers: Numbering | None
) -> Iterator[Slice | ReadingEnd]:
    """Yield the slices of a file, and its end.

    Args:
        parts: The rows below the header.
        top: The lines above them.
        aligner: Has aligned them with the header, and has notices about it.
        row_numbers: The column that another program numbered the rows in; None where there is none.
            The file is refused where it turns out to be no numbering.

    Returns:
        The slices that have rows or issues, then the end.
    """
    row_count = 0
    for part in parts:
        row_count += part.rows.height
        issues = pl.concat([part.issues, _too_long_cells(part.rows)])
        if not part.rows.is_empty() or not issues.is_empty():
            yield Slice(part.rows, issues, part.untidy)
    if row_numbers and row_numbers.issue:
        yield ReadingEnd([row_numbers.issue], is_refused=True)
    elif row_count == 0:
        of_header = (issue for issue in (*top.notices, *top.header.issues) if issue.row)
        yield ReadingEnd([ReadingIssue("FILE003"), *of_header], is_refused=True, has_no_rows=True)
    else:
        yield ReadingEnd([*top.notices, *top.header.issues, *aligner.notices()])


def _too_long_cells(rows: pl.DataFrame) -> pl.DataFrame:
    """Return an issue, shaped as ISSUES, for every cell that is too long; `rows` are those of a
    Reading."""
    longest = rows.select(pl.exclude("row").str.len_bytes().max())
    found = [NO_ISSUES]
    for column in longest.columns:
        if (longest[column][0] or 0) > MAX_CELL_CHARACTERS:
            length = pl.col(column).str.len_chars()
            counted = rows.filter(length > MAX_CELL_CHARACTERS).select("row", length.alias("count"))
            lines = [(row, "FILE018", "", column, f"{count:,}", None, None, None) for row, count in counted.iter_rows()]
            found.append(issues_of(lines))
    return pl.concat(found)


class WholeReading(msgspec.Struct):
    """A whole file, read at once: all `rows` and all `issues` (see `Reading`)."""

    rows: pl.DataFrame
    issues: list[ReadingIssue]
    is_refused: bool
    untidy: pl.Series | None


def read_file(
    path: Path,
    layout: Layout,
    *,
    others: Iterable[Layout] = (),
    limits: Limits = NO_LIMITS,
    is_exact: bool = False,
) -> WholeReading:
    """Return all rows of a file at once, none if it is refused.

    Args:
        path: The file.
        layout: The layout of the school year.
        others: The other file types, to recognize a file that was sent as the wrong type.
        limits: Bounds of size.
        is_exact: Whether to read without the fast path; rows and issues are the same.
    """
    reading = read_in_slices(path, layout, others=others, limits=limits, is_exact=is_exact)
    slices = list(reading.slices)
    if reading.end.is_refused:
        return WholeReading(_no_rows(layout), list(reading.end.issues), is_refused=True, untidy=None)
    issues = [*reading.end.issues, *(issue for part in slices for issue in as_issues(part.issues))]
    rows = pl.concat([_no_rows(layout), *(part.rows for part in slices)])
    untidy = [part.untidy for part in slices if part.untidy is not None]
    every = pl.concat([NO_ROWS, *untidy]) if len(untidy) == len(slices) else None
    return WholeReading(rows, issues, is_refused=False, untidy=every)


def _no_rows(layout: Layout) -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.UInt32, **dict.fromkeys(layout.columns, pl.String)})


def _read_chunks(chunks: Chunks, top: Preamble, aligner: RowAligner) -> Iterator[AlignedRows]:
    """Yield the rows below the header by the fast path: the plain lines of a chunk at once, the others as the exact
    path reads them."""
    aligner.repair = without_marks

    @cache
    def odd_rows() -> "OddRows":
        from tidegate.core.reading.odd_rows import OddRows  # most files have none

        return OddRows(top, aligner)

    first_row = top.first_row
    for chunk in chunks:
        read, count = _read_chunk(chunk, chunks, top, aligner.layout, odd_rows, first_row)
        first_row += count
        part = [replace(read, rows=aligner.without_marks(read.rows))]
        del read, chunk  # not held until the next chunk is read
        yield part.pop()


def _read_chunk(
    chunk: bytes, chunks: Chunks, top: Preamble, layout: Layout, odd_rows: "Callable[[], OddRows]", first_row: int
) -> tuple[AlignedRows, int]:
    """Read a chunk.

    Args:
        chunk: Whole lines, in UTF-8.
        chunks: Where it comes from.
        top: The preamble of the file.
        layout: The columns that are wanted.
        odd_rows: Returns what reads lines that are not plain.
        first_row: The row number of its first line.

    Returns:
        Its rows, and how many row numbers it takes.
    """
    content, ends = with_newlines(chunk)
    may_be_long = may_have_a_long_line(content)
    whole = None if may_be_long else parse_if_whole(content, top)
    if whole and whole.begins_with_digits.all():
        rows = numbered(whole.cells, top, layout, first_row)
        return AlignedRows(rows, untidy_rows(content, top, first_row), NO_ISSUES), whole.cells.height
    if whole and (read := odd_rows().read_whole(whole, first_row)):
        return replace(read, untidy=untidy_rows(content, top, first_row)), whole.cells.height
    lines = split_lines(content)
    is_plain = find_plain(lines, top)
    if may_be_long:
        is_plain = is_plain & (lines.str.len_chars() <= MAX_LINE_CHARACTERS)
    if is_plain.all():
        rows = numbered(parse_content(content, top), top, layout, first_row)
        return AlignedRows(rows, untidy_rows(content, top, first_row), NO_ISSUES), rows.height
    odd = odd_rows().chunk(lines, ends, first_row=first_row, is_last=chunks.is_last)
    read, count = odd_rows().read(odd, is_plain, chunks)
    return (read if is_clean(chunk, top) else replace(read, untidy=None)), count


def _read_rows(records: Iterator[Record], aligner: RowAligner, layout: Layout) -> Iterator[AlignedRows]:
    """Yield the rows below the header by the exact path, one record after the other."""
    none = _no_rows(layout)
    for batch in _batches(records):
        fitted = [row for record in batch if (row := aligner.fit(record)) is not None]
        columns = zip(*fitted, strict=True) if fitted else [[] for _ in none.columns]
        rows = pl.DataFrame(dict(zip(none.columns, columns, strict=True)), schema=none.schema)
        yield AlignedRows(rows, None, issues=aligner.take_issues())


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    """Yield the records in batches of about _SLICE_WEIGHT bytes of memory."""
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
