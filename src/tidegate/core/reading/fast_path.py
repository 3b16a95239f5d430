"""The fast path: lines that a pattern proves plain are read by Polars, all at once; the others one by one.

No fast engine reads every file right, but there is nothing to get wrong in a line that begins with digits, has as many
cells as the header and every double quote in its place. Only what is left (blank rows, short rows, footers, quoted line
breaks, broken quotes) is read as the exact path reads it. Both give the same rows and faults; a property test says so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.reading.align import OddLines, Row, RowAligner
from tidegate.core.reading.chunks import Chunks
from tidegate.core.reading.issue import issues_of
from tidegate.core.reading.plain_lines import find_plain, lines_of, parse, parse_if_plain
from tidegate.core.reading.preamble import Preamble
from tidegate.core.reading.records import LONGEST_LINE, QuotedRecords, Record

_Ends = str | list[str]
"""What ends the lines: the same for all, or one for each."""

_UNTIDY = (b" ", b"\t", b"'", b"=", b"+", b"#", b"&")
"""Where none of these stands in a chunk, nothing beyond ASCII and no control character, its cells are tidy."""


_CONTROL = r"[\x00-\x08\x0b-\x1f\x7f]"


@dataclass(frozen=True)
class FastRead:
    """Rows of the file, in order, and their faults, shaped as FAULTS. `is_clean` says for certain what a Slice says by
    it, so that nobody has to look at each cell."""

    rows: pl.DataFrame
    is_clean: bool
    issues: pl.DataFrame = field(default_factory=issues_of)


def read_fast(chunks: Chunks, top: Preamble, layout: Layout, aligner: RowAligner) -> Iterator[FastRead]:
    """Yield the rows of each chunk. What is odd about rows is told to `fitter`."""
    quoted = QuotedRecords(top.delimiter)
    odd_lines = OddLines(top.delimiter, aligner)
    first_row = top.first_row
    signs = [sign for sign in _UNTIDY if sign != top.delimiter.encode()]
    for chunk in chunks:
        is_clean = chunk.isascii() and not any(sign in chunk for sign in signs)
        content, ends = _with_newlines(chunk)
        may_be_long = _may_have_a_long_line(content)
        whole = None if may_be_long else parse_if_plain(content, top)
        if whole is None:
            lines = lines_of(content)
            is_plain = find_plain(lines, top)
            if may_be_long:
                is_plain = is_plain & (lines.str.len_chars() <= LONGEST_LINE)
            whole = parse(content, top) if is_plain.all() else None
        if whole is not None:
            yield FastRead(whole.with_row_index("row", offset=first_row).select("row", *layout.columns), is_clean)
            first_row += whole.height
            continue
        odd = _OddChunk(lines, ends, quoted, first_row=first_row, is_last=chunks.is_last)
        read, count = _read_odd(odd, is_plain, chunks, top, odd_lines)
        yield FastRead(read.rows, is_clean and read.is_clean, read.issues)
        first_row += count


def _read_odd(
    odd: "_OddChunk", is_plain: pl.Series, chunks: Chunks, top: Preamble, odd_lines: OddLines
) -> tuple[FastRead, int]:
    """Read a chunk some of whose lines are not plain.

    Returns:
        What was read, as tidy as the lines that are not plain are, and how many rows that are, blank ones included.
    """
    aligner, lines = odd_lines.aligner, odd.lines
    one_by_one = [row for record in odd.records(is_plain) if (row := aligner.fit(record)) is not None]
    if odd.cut is not None:
        chunks.give_back(_spell(lines, odd.ends, odd.cut))
        lines, is_plain = lines.head(odd.cut), is_plain.head(odd.cut)
    begins_row = pl.repeat(True, lines.len(), eager=True).scatter(odd.continued, False)
    number = (begins_row.cum_sum() + (odd.first_row - 1)).cast(pl.UInt32).alias("row")
    is_plain = is_plain & begins_row
    content = lines.filter(is_plain).str.join("\n").item().encode()
    plain = parse(content, top).with_columns(number.filter(is_plain))
    plain = plain.select("row", *(aligner.names[place] for place in aligner.places))
    is_loose = begins_row & ~is_plain & ~odd.is_quoted.head(lines.len())
    loose, issues = _fit_loose(lines.filter(is_loose), number.filter(is_loose), odd_lines, one_by_one)
    is_clean = not lines.filter(is_loose).str.contains(_CONTROL).any()
    is_clean = is_clean and all("".join(map(str, row)).isprintable() for row in one_by_one)
    rows = pl.concat([plain, loose.select(plain.columns), _frame_of(one_by_one, plain)]).sort("row")
    issues = pl.concat([issues, aligner.take_issues()]).sort("row", maintain_order=True)
    return FastRead(rows, is_clean, issues), int(begins_row.sum())


def _fit_loose(
    lines: pl.Series, numbers: pl.Series, odd_lines: OddLines, rows: list[Row]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Fit odd lines without quotes, whose rows have these numbers; those of them that have to be looked at one by one
    are added to `rows`.

    Returns:
        The other rows and their faults.
    """
    is_filled = ~odd_lines.are_blank(lines)
    lines, numbers = lines.filter(is_filled), numbers.filter(is_filled)
    in_doubt = odd_lines.may_be_no_records(lines)
    alone = zip(numbers.filter(in_doubt).to_list(), lines.filter(in_doubt).to_list(), strict=True)
    for number, line in alone:
        if (row := odd_lines.aligner.fit(Record(number, line.split(odd_lines.delimiter)))) is not None:
            rows.append(row)
    return odd_lines.fit(lines.filter(~in_doubt), numbers.filter(~in_doubt))


def _frame_of(rows: list[Row], like: pl.DataFrame) -> pl.DataFrame:
    columns = zip(*rows, strict=True) if rows else [[] for _ in like.columns]
    return pl.DataFrame(dict(zip(like.columns, columns, strict=True)), schema=like.schema)


def _may_have_a_long_line(content: bytes) -> bool:
    """Whether a line may be longer than LONGEST_LINE: such a one has a whole stretch of half as many bytes."""
    half = LONGEST_LINE // 2
    return any(content.find(b"\n", at, at + half) < 0 for at in range(0, len(content) - half, half))


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


class _OddChunk:
    """The lines of a chunk that are not plain and have double quotes or very many characters.

    `continued` are the places of lines that go on with the record above
    them; `cut` is the place of a record that goes on in the next chunk, if there is one."""

    def __init__(self, lines: pl.Series, ends: _Ends, quoted: QuotedRecords, *, first_row: int, is_last: bool) -> None:
        self.lines = lines
        self.ends = ends
        self.quoted = quoted
        self.first_row = first_row
        self.is_last = is_last
        self._texts: list[str] = []
        self.is_quoted = lines.str.contains('"', literal=True) | (lines.str.len_bytes() > LONGEST_LINE)
        self.continued: list[int] = []
        self.cut: int | None = None

    def records(self, is_plain: pl.Series) -> Iterator[Record]:
        """Yield the record that begins with each odd line, in order; it may take any lines below it, too."""
        places = (~is_plain & self.is_quoted).arg_true()
        if places.is_empty():
            return
        self._texts = self.lines.to_list()
        beyond = 0
        for place in places.to_list():
            line = self._texts[place]
            if place < beyond:
                continue
            row = self.first_row + place - len(self.continued)
            if '"' not in line and len(line) <= LONGEST_LINE:
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
        if place < len(self._texts):
            return f"{self._texts[place]}{self._end(place)}"
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
