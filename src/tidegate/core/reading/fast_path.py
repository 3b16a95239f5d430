"""The fast path: lines that a pattern proves plain are read by Polars, all at once; the others one by one.

No fast engine reads every file right, but there is nothing to get wrong in a line that begins with digits, has as many
cells as the header and every double quote in its place. Only what is left (blank rows, short rows, footers, quoted line
breaks, broken quotes) is read as the exact path reads it. Both give the same rows and faults; a property test says so.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.reading.chunks import Chunks
from tidegate.core.reading.fitting import RowFitter
from tidegate.core.reading.footer import MOST_FOOTER_CELLS
from tidegate.core.reading.records import QuotedRecords, Record
from tidegate.core.reading.top import Top

_LINE = "line"
_MOST_ODD = 0.3
"""The share of lines that do not begin with digits, from which on a file may be one that begins with names."""

_Ends = str | list[str]
"""What ends the lines: the same for all, or one for each."""

_UNTIDY = (b" ", b"\t", b"'", b"=", b"+", b"#")
"""Where none of these stands in a chunk, nothing beyond ASCII and no control character, its cells are tidy."""

_OF_CELLS = bytes(sign for sign in range(256) if sign not in b'\n"\x7f' and (sign >= ord(" ") or sign == ord("\t")))
"""What a plain cell can be made of, byte by byte in UTF-8."""

_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"


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
        whole = _parse_if_plain(content, top)
        if whole is not None:
            yield FastRead(whole.with_row_index("row", offset=first_row).select("row", *layout.columns), is_tidy)
            first_row += whole.height
            continue
        lines = _lines_of(content)
        is_plain = _find_plain(lines, top)
        if is_plain.all():
            plain = _parse(content, top)
            yield FastRead(plain.with_row_index("row", offset=first_row).select("row", *layout.columns), is_tidy)
            first_row += lines.len()
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
        plain = _parse(content, top).with_columns(number).select("row", *layout.columns)
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


def _parse_if_plain(content: bytes, top: Top) -> pl.DataFrame | None:
    """Return the cells where it is cheap to see that every line is plain (see `_find_plain`), else None: what is left
    without the characters of which cells are made are the delimiters that each line has, and every first cell is a
    number."""
    sign = top.delimiter.encode()
    if top.usual_count != top.header.width or not content[:1].isdigit():
        return None
    left, line = content.translate(None, _OF_CELLS.replace(sign, b"")), sign * (top.header.width - 1) + b"\n"
    left += b"" if content.endswith(b"\n") else b"\n"
    count = len(left) // len(line)
    if left != line * count:
        return None
    cells = _parse_all(content, top)
    first = cells.to_series(0)
    is_number = first.cast(pl.UInt64, strict=False).is_not_null() & ~first.str.starts_with("+")
    return _named(cells, top) if cells.height == count and is_number.all() else None


def _lines_of(content: bytes) -> pl.Series:
    """Return the lines. Polars takes a byte order mark off the front of what it is given, wherever in the file that
    stood, so that it gets another line in front."""
    if content.startswith(codecs.BOM_UTF8):
        return pl.read_lines(b"\n" + content, name=_LINE, glob=False)[_LINE].slice(1)
    return pl.read_lines(content, name=_LINE, glob=False)[_LINE]


def _find_plain(lines: pl.Series, top: Top) -> pl.Series:
    """Return which lines are a whole record, as wide as the header, and can be nothing but data: they begin with digits
    or, in a file that begins with names, hold no quotes, some digits and more filled cells than a footer has. None has
    a control character."""
    sign, last = re.escape(top.delimiter), top.header.width - 1
    end = f"{sign}{{{top.usual_count - top.header.width}}}$"  # so many blank cells as other rows have, too
    cell = rf'(?:"(?:[^"{_CONTROL}]|"")*"|[^"{sign}{_CONTROL}]*)'
    is_plain = lines.str.contains(rf'^(?:"[0-9]+"|[0-9]+)(?:{sign}{cell}){{{last}}}{end}')
    if is_plain.sum() >= lines.len() * (1 - _MOST_ODD):
        return is_plain
    # Polars takes a byte order mark off the first line that it is given, wherever that stood in the file
    bare = rf'[^"{sign}{_CONTROL}]*'
    is_shaped = lines.str.contains(rf'^[^"{sign}{_CONTROL}\x{{FEFF}}]{bare}(?:{sign}{bare}){{{last}}}{end}')
    is_filled = lines.str.contains(rf"(?:[0-9A-Za-z][^{sign}]*{sign}.*){{{MOST_FOOTER_CELLS}}}[0-9A-Za-z]")
    return is_plain | is_shaped & is_filled & lines.str.contains(rf"{sign}[0-9]+(?:{sign}|$)")


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


def _parse(content: bytes, top: Top) -> pl.DataFrame:
    """Return the cells of plain lines, under the layout's names."""
    return _named(_parse_all(content, top), top)


def _parse_all(content: bytes, top: Top) -> pl.DataFrame:
    return pl.read_csv(
        content,
        has_header=False,
        separator=top.delimiter,
        schema={str(place): pl.String for place in range(top.header.width)},
        empty_string_is_null=False,
        extra_columns="ignore",  # blank ones at the end
        missing_columns="raise",
        raise_if_empty=False,
        glob=False,
    )


def _named(cells: pl.DataFrame, top: Top) -> pl.DataFrame:
    wanted = {str(place): name for name, place in top.header.positions.items()}
    return cells.select(*wanted).rename(wanted)
