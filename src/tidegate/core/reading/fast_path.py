"""The fast path: lines that a pattern proves plain are read by Polars, all at once; the others one by one.

No fast engine reads every file right, but there is nothing to get wrong in a line that begins with digits, has as many
cells as the header and every double quote in its place. Only what is left (blank rows, short rows, footers, quoted line
breaks, broken quotes) is read as the exact path reads it. Both give the same rows and faults; a property test says so.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.reading.decoding import Encoding, read_as_utf8
from tidegate.core.reading.fitting import RowFitter
from tidegate.core.reading.footer import MOST_FOOTER_CELLS
from tidegate.core.reading.records import QuotedRecords, Record
from tidegate.core.reading.top import Top

_LINE = "line"
_CHUNK = 1 << 22
_SLICE = 250_000
_MOST_ODD = 0.3
"""The share of lines that are not plain from which on the exact path is as fast."""

_Ends = str | list[str]
"""What ends the lines of a file: the same for all, or one for each."""

_UNTIDY = (b" ", b"\t", b"'", b"=")
"""Where none of these stands in a file, and nothing beyond ASCII, no cell has blanks or a spreadsheet's wrapping."""


@dataclass(frozen=True)
class FastRead:
    """The rows below the header, in order. `is_tidy` says for certain that no cell has blanks at its ends or a
    spreadsheet's wrapping, so that nobody has to look at each."""

    rows: pl.DataFrame
    is_tidy: bool


def read_fast(path: Path, encoding: Encoding, top: Top, layout: Layout, fitter: RowFitter) -> FastRead | None:
    """Return what stands below the header; None, with `fitter` untouched, where the exact path must be taken."""
    if encoding.is_mixed:
        return None
    looked = _look_over(path if encoding.is_utf8 else read_as_utf8(path, encoding), top)
    if looked is None:
        return None
    content, ends, is_tidy = looked
    lines = pl.read_lines(content, name=_LINE, glob=False)[_LINE].slice(top.line_count)
    is_plain = _find_plain(lines, top)
    if lines.is_empty() or is_plain.sum() < lines.len() * (1 - _MOST_ODD):
        return None
    if is_plain.all():
        del lines  # a large file stands in memory once, not twice
        plain = _parse(content, top, skip_lines=top.line_count)
        return FastRead(plain.with_row_index("row", offset=top.first_row).select("row", *layout.columns), is_tidy)
    odd = _OddLines(lines, ends, top)
    odd_rows = [row for record in odd.records(is_plain) if (row := fitter.fit(record)) is not None]
    begins_row = pl.repeat(True, lines.len(), eager=True).scatter(odd.continued, False)
    is_plain = is_plain & begins_row
    number = (begins_row.cum_sum() + (top.first_row - 1)).filter(is_plain).cast(pl.UInt32).alias("row")
    plain = _parse_pieces(lines.filter(is_plain), top).with_columns(number).select("row", *layout.columns)
    columns = zip(*odd_rows, strict=True) if odd_rows else [[] for _ in plain.columns]
    others = pl.DataFrame(dict(zip(plain.columns, columns, strict=True)), schema=plain.schema)
    return FastRead(pl.concat([plain, others]).sort("row"), is_tidy and not odd.continued)


def _look_over(content: Path | bytes, top: Top) -> tuple[Path | bytes, _Ends, bool] | None:
    """Return a UTF-8 text in which LF ends lines, what ended them in the file, and whether what stands below the
    header is tidy; None where LF and CR are mixed."""
    newlines = returns = both = 0
    last = b""
    is_tidy = True
    signs = [sign for sign in _UNTIDY if sign != top.delimiter.encode()]
    with content.open("rb") if isinstance(content, Path) else io.BytesIO(content) as file:
        while chunk := file.read(_CHUNK):
            newlines += chunk.count(b"\n")
            if count := chunk.count(b"\r"):
                returns += count
                both += chunk.count(b"\r\n")
            both += last == b"\r" and chunk[:1] == b"\n"
            if is_tidy:
                below = chunk if last else chunk.split(b"\n", top.line_count)[-1]
                is_tidy = below.isascii() and not any(sign in below for sign in signs)
            last = chunk[-1:]
    if returns != both and newlines:
        return None
    ends: _Ends
    one_end = "\n" if not returns else "\r\n" if newlines == returns else "\r" if not newlines else None
    if one_end in ("\r", None):
        text = content.read_bytes() if isinstance(content, Path) else content
        content = text.replace(b"\r", b"\n") if one_end else text
        ends = one_end or ["\r\n" if line.endswith(b"\r") else "\n" for line in text.split(b"\n")]
    else:
        ends = one_end
    return content, ends, is_tidy


def _find_plain(lines: pl.Series, top: Top) -> pl.Series:
    """Return which lines are a whole record, as wide as the header, and can be nothing but data: they begin with digits
    or, in a file that begins with names, hold no quotes, some digits and more filled cells than a footer has."""
    sign, last = re.escape(top.delimiter), top.header.width - 1
    end = f"{sign}{{{top.usual_count - top.header.width}}}$"  # so many blank cells as other rows have, too
    cell = rf'(?:"(?:[^"]|"")*"|[^"{sign}]*)'
    is_plain = lines.str.contains(rf'^(?:"[0-9]+"|[0-9]+)(?:{sign}{cell}){{{last}}}{end}')
    if is_plain.sum() >= lines.len() * (1 - _MOST_ODD):
        return is_plain
    # Polars takes a byte order mark off the first line that it is given, wherever that stood in the file
    is_shaped = lines.str.contains(rf'^[^"{sign}\x{{FEFF}}][^"{sign}]*(?:{sign}[^"{sign}]*){{{last}}}{end}')
    is_filled = lines.str.contains(rf"(?:[0-9A-Za-z][^{sign}]*{sign}.*){{{MOST_FOOTER_CELLS}}}[0-9A-Za-z]")
    return is_plain | is_shaped & is_filled & lines.str.contains(rf"{sign}[0-9]+(?:{sign}|$)")


class _OddLines:
    """The lines that are not plain. `continued` are the places of lines that go on with the record above them."""

    def __init__(self, lines: pl.Series, ends: _Ends, top: Top) -> None:
        self.lines = lines
        self.ends = ends
        self.line_count_above = top.line_count
        self.delimiter = top.delimiter
        self.first_row = top.first_row
        self.continued: list[int] = []

    def records(self, is_plain: pl.Series) -> Iterator[Record]:
        """Yield the record that begins with each odd line, in order; it may take plain lines below it, too."""
        quoted = QuotedRecords(self.delimiter)
        places = (~is_plain).arg_true()
        beyond = 0
        for place, line in zip(places.to_list(), self.lines.gather(places).to_list(), strict=True):
            if place < beyond:
                continue
            row = self.first_row + place - len(self.continued)
            if '"' not in line:
                yield Record(row, line.split(self.delimiter))
                continue
            record = quoted.read(row, line + self._end(place), partial(self._peek, place + 1))
            beyond = place + record.line_count
            self.continued.extend(range(place + 1, beyond))
            yield record

    def _peek(self, first: int, below: int) -> str | None:
        place = first + below
        return f"{self.lines[place]}{self._end(place)}" if place < self.lines.len() else None

    def _end(self, place: int) -> str:
        return self.ends if isinstance(self.ends, str) else self.ends[self.line_count_above + place]


def _parse_pieces(lines: pl.Series, top: Top) -> pl.DataFrame:
    """Return the cells of plain lines; their text stands twice in memory, but only a piece of it at a time."""
    pieces = lines.to_frame().iter_slices(_SLICE)
    return pl.concat([_parse(piece[_LINE].str.join("\n").item().encode(), top) for piece in pieces])


def _parse(source: Path | bytes, top: Top, *, skip_lines: int = 0) -> pl.DataFrame:
    """Return the cells of a text of plain lines, under the layout's names."""
    wanted = {str(place): name for name, place in top.header.positions.items()}
    cells = pl.read_csv(
        source,
        has_header=False,
        skip_lines=skip_lines,
        separator=top.delimiter,
        schema={str(place): pl.String for place in range(top.header.width)},
        empty_string_is_null=False,
        extra_columns="ignore",  # blank ones at the end
        missing_columns="raise",
        glob=False,
    )
    return cells.select(*wanted).rename(wanted)
