"""The fast path: lines that a pattern proves plain are read by Polars, all at once; the others one by one.

No fast engine reads every file right, but there is nothing to get wrong in a line that begins with digits, has as many
cells as the header and every double quote in its place. Only what is left (blank rows, short rows, footers, quoted line
breaks, broken quotes) is read as the exact path reads it. Both give the same rows and faults; a property test says so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.reading.chunks import Chunks
from tidegate.core.reading.fitting import RowFitter
from tidegate.core.reading.plain_lines import find_plain, lines_of, parse, parse_if_plain
from tidegate.core.reading.records import QuotedRecords, Record
from tidegate.core.reading.top import Top

_Ends = str | list[str]
"""What ends the lines: the same for all, or one for each."""

_UNTIDY = (b" ", b"\t", b"'", b"=", b"+", b"#", b"&")
"""Where none of these stands in a chunk, nothing beyond ASCII and no control character, its cells are tidy."""


@dataclass(frozen=True)
class FastRead:
    """Rows of the file, in order. `is_tidy` says for certain what a Slice says by it, so that nobody has to look at
    each cell."""

    rows: pl.DataFrame
    is_tidy: bool


def read_fast(chunks: Chunks, top: Top, layout: Layout, fitter: RowFitter) -> Iterator[FastRead]:
    """Yield the rows of each chunk. What is odd about rows is told to `fitter`."""
    quoted = QuotedRecords(top.delimiter)
    first_row = top.first_row
    signs = [sign for sign in _UNTIDY if sign != top.delimiter.encode()]
    for chunk in chunks:
        is_tidy = chunk.isascii() and not any(sign in chunk for sign in signs)
        content, ends = _with_newlines(chunk)
        whole = parse_if_plain(content, top)
        if whole is None:
            lines = lines_of(content)
            is_plain = find_plain(lines, top)
            whole = parse(content, top) if is_plain.all() else None
        if whole is not None:
            yield FastRead(whole.with_row_index("row", offset=first_row).select("row", *layout.columns), is_tidy)
            first_row += whole.height
            continue
        odd = _OddLines(lines, ends, quoted, first_row=first_row, is_last=chunks.is_last)
        odd_rows = [row for record in odd.records(is_plain) if (row := fitter.fit(record)) is not None]
        if odd.cut is not None:
            chunks.give_back(_spell(lines, ends, odd.cut))
            lines, is_plain = lines.head(odd.cut), is_plain.head(odd.cut)
        begins_row = pl.repeat(True, lines.len(), eager=True).scatter(odd.continued, False)
        is_plain = is_plain & begins_row
        number = (begins_row.cum_sum() + (first_row - 1)).filter(is_plain).cast(pl.UInt32).alias("row")
        content = lines.filter(is_plain).str.join("\n").item().encode()
        plain = parse(content, top).with_columns(number).select("row", *layout.columns)
        columns = zip(*odd_rows, strict=True) if odd_rows else [[] for _ in plain.columns]
        others = pl.DataFrame(dict(zip(plain.columns, columns, strict=True)), schema=plain.schema)
        is_tidy = is_tidy and all(str(cell).isprintable() for row in odd_rows for cell in row)
        yield FastRead(pl.concat([plain, others]).sort("row"), is_tidy)
        first_row += int(begins_row.sum())


def _with_newlines(chunk: bytes) -> tuple[bytes, _Ends]:
    """Return the chunk with every line ended by LF, and what ended them in the file."""
    if b"\r" not in chunk:  # looking for one is faster than counting them
        return chunk, "\n"
    returns, newlines, both = (chunk.count(end) for end in (b"\r", b"\n", b"\r\n"))
    content = chunk.replace(b"\r\n", b"\n") if both else chunk
    content = content.replace(b"\r", b"\n") if returns > both else content
    if returns == both == newlines:
        return content, "\r\n"
    if not newlines:
        return content, "\r"
    return content, [end.decode() for end in re.findall(rb"\r\n|\r|\n", chunk)]


class _MoreIsNeeded(Exception):
    """A record may go on in the next chunk."""


class _OddLines:
    """The lines of a chunk that are not plain. `continued` are the places of lines that go on with the record above
    them; `cut` is the place of a record that goes on in the next chunk, if there is one."""

    def __init__(self, lines: pl.Series, ends: _Ends, quoted: QuotedRecords, *, first_row: int, is_last: bool) -> None:
        self.lines = lines
        self.ends = ends
        self.quoted = quoted
        self.first_row = first_row
        self.is_last = is_last
        self.continued: list[int] = []
        self.cut: int | None = None

    def records(self, is_plain: pl.Series) -> Iterator[Record]:
        """Yield the record that begins with each odd line, in order; it may take plain lines below it, too."""
        places = (~is_plain).arg_true()
        beyond = 0
        for place, line in zip(places.to_list(), self.lines.gather(places).to_list(), strict=True):
            if place < beyond:
                continue
            row = self.first_row + place - len(self.continued)
            if '"' not in line:
                yield Record(row, line.split(self.quoted.delimiter))
                continue
            try:
                record = self.quoted.read(row, line + self._end(place), partial(self._peek, place + 1))
            except _MoreIsNeeded:
                self.cut = place
                return
            beyond = place + record.line_count
            self.continued.extend(range(place + 1, beyond))
            yield record

    def _peek(self, first: int, below: int) -> str | None:
        place = first + below
        if place < self.lines.len():
            return f"{self.lines[place]}{self._end(place)}"
        if self.is_last:
            return None
        raise _MoreIsNeeded

    def _end(self, place: int) -> str:
        return _end_of(self.ends, place)


def _end_of(ends: _Ends, place: int) -> str:
    if isinstance(ends, str):
        return ends
    return ends[place] if place < len(ends) else ""  # the file's last line may have none


def _spell(lines: pl.Series, ends: _Ends, begin: int) -> bytes:
    """Return the lines from `begin` on as they stand in the file."""
    return "".join(f"{line}{_end_of(ends, place)}" for place, line in enumerate(lines[begin:], start=begin)).encode()
