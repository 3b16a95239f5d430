"""A chunk with lines that are not plain: finds the records that begin in lines with quotes."""

import codecs
import re
from collections.abc import Iterator
from enum import IntEnum
from functools import partial

import polars as pl

from tidegate.core.layouts.column_types import is_digits
from tidegate.core.reading.align import RowAligner
from tidegate.core.reading.decoding import STRAY_MARK
from tidegate.core.reading.issue import MAX_COLUMNS
from tidegate.core.reading.preamble import MAX_FOOTER_CELLS, Preamble
from tidegate.core.reading.records import MAX_CELL_CHARACTERS, MAX_LINE_CHARACTERS, Damage, QuotedRecords, Record

_LINE = "line"
# The share of lines that do not begin with digits, from which on a file may be one that begins with
# names.
_MAX_SHARE_ODD = 0.3

# What a plain cell can be made of, byte by byte in UTF-8.
_OF_CELLS = bytes(sign for sign in range(256) if sign not in b'\n"\x7f' and (sign >= ord(" ") or sign == ord("\t")))

_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"


def parse_if_plain(content: bytes, top: Preamble) -> pl.DataFrame | None:
    """Return the cells if every line is plain (see `find_plain`), else None.

    A fast test: delete every ordinary cell character; if what remains is exactly (width - 1)
    delimiters and a newline per line, and the first column is numeric, the chunk is parsed whole.
    """
    sign = top.delimiter.encode()
    if top.usual_count != top.header.width or not content[: content.find(sign)].isdigit():
        return None
    left, line = content.translate(None, _OF_CELLS.replace(sign, b"")), sign * (top.header.width - 1) + b"\n"
    left += b"" if content.endswith(b"\n") else b"\n"
    count = len(left) // len(line)
    if left != line * count:
        return None
    cells = _parse_all(content, top)
    is_number = cells.select(is_digits(pl.first())).to_series()
    return _named(cells, top) if cells.height == count and is_number.all() else None


def lines_of(content: bytes) -> pl.Series:
    """Return the lines of a chunk."""
    # Polars removes a byte order mark from the front of a chunk, though it is data if the chunk is not
    # the first: so another line is put in front.
    if content.startswith(codecs.BOM_UTF8):
        return pl.read_lines(b"\n" + content, name=_LINE, glob=False)[_LINE].slice(1)
    return pl.read_lines(content, name=_LINE, glob=False)[_LINE]


def find_plain(lines: pl.Series, top: Preamble) -> pl.Series:
    """Return which lines are plain: a whole record, as wide as the header, and certainly data.

    A plain line begins with digits. In a file whose rows begin with names it may instead have no
    quotes, some digits, and more filled cells than a footer. No plain line has a control character.
    """
    more = top.usual_count - top.header.width
    if more > MAX_COLUMNS:  # no record is so wide, and no pattern can count so far
        return pl.repeat(False, lines.len(), eager=True)
    sign, last = re.escape(top.delimiter), top.header.width - 1
    end = f"{sign}{{{more}}}$"  # blank cells at the end, if other rows have as many
    cell = rf'(?:"(?:[^"{_CONTROL}]|"")*"|[^"{sign}{_CONTROL}]*)'
    is_plain = lines.str.contains(rf'^(?:"[0-9]+"|[0-9]+)(?:{sign}{cell}){{{last}}}{end}')
    if is_plain.sum() >= lines.len() * (1 - _MAX_SHARE_ODD):
        return is_plain
    # Polars removes a byte order mark from the first line that it is given, even if that is data
    bare = rf'[^"{sign}{_CONTROL}]*'
    is_shaped = lines.str.contains(rf'^[^"{sign}{_CONTROL}\x{{FEFF}}]{bare}(?:{sign}{bare}){{{last}}}{end}')
    is_filled = lines.str.contains(rf"(?:[0-9A-Za-z][^{sign}]*{sign}.*){{{MAX_FOOTER_CELLS}}}[0-9A-Za-z]")
    is_plain |= is_shaped & is_filled & lines.str.contains(rf"{sign}[0-9]+(?:{sign}|$)")
    is_quoted = ~is_plain & lines.str.contains(r'^[^\x{FEFF}]*"')
    if is_quoted.any():
        is_quoted &= lines.str.contains(rf"^{cell}(?:{sign}{cell}){{{last}}}{end}")
    return (
        is_plain.scatter(is_quoted.arg_true(), _are_data(lines.filter(is_quoted), top)) if is_quoted.any() else is_plain
    )


def _are_data(lines: pl.Series, top: Preamble) -> pl.Series:
    """Return which lines with quotes, each as wide as the header, are certainly data: they have
    more filled cells than a footer, and digits after the first cell, which may be wrapped as a
    formula."""
    cells = _parse_all(lines.str.join("\n").item().encode(), top)
    filled = pl.sum_horizontal(pl.all().str.contains("[0-9A-Za-z]"))
    has_digits = pl.any_horizontal(pl.all().exclude("0").str.contains('^(?:="[0-9]+"|[0-9]+)$'))
    return cells.select((filled > MAX_FOOTER_CELLS) & has_digits).to_series()


def parse(lines: pl.Series, top: Preamble) -> pl.DataFrame:
    """Return the cells of plain lines, under the layout's names."""
    return parse_content(lines.str.join("\n").item().encode(), top)


def parse_content(content: bytes, top: Preamble) -> pl.DataFrame:
    """Return the cells of a text of plain lines, under the layout's names."""
    return _named(_parse_all(content, top), top)


def _parse_all(content: bytes, top: Preamble) -> pl.DataFrame:
    return pl.read_csv(
        content,
        has_header=False,
        separator=top.delimiter,
        schema={str(position): pl.String for position in range(top.header.width)},
        empty_string_is_null=False,
        extra_columns="ignore",  # blank ones at the end
        missing_columns="raise",
        raise_if_empty=False,
        glob=False,
    )


def _named(cells: pl.DataFrame, top: Preamble) -> pl.DataFrame:
    wanted = {str(position): name for name, position in top.header.positions.items()}
    return cells.select(*wanted).rename(wanted)


class SpacedQuotes:
    """Reads lines of one file that have spaces between delimiters and quotes."""

    def __init__(self, top: Preamble) -> None:
        self._top = top
        sign = re.escape(top.delimiter)
        quoted = '"(?:[^"]|"")*"'
        cell = rf'(?: *{quoted} *|[^"{sign}]*)'
        self._looks_so = rf'(?:^|{sign}) +"|" +(?:{sign}|$)'
        self._shape = rf"^{cell}(?:{sign}{cell})*$"
        self._spaced = rf"(^|{sign})( *)({quoted})( *)"

    def find(self, lines: pl.Series, asked: pl.Series) -> pl.Series:
        """Return each line without these spaces, null if it is not plain then. Only `asked`
        lines are read."""
        none: pl.Series = pl.repeat(None, lines.len(), dtype=pl.String, eager=True)
        if self._top.delimiter == " " or not asked.any():
            return none
        positions, sought = asked.arg_true(), lines.filter(asked)
        is_so = sought.str.contains(self._looks_so) & sought.str.contains(self._shape)
        is_so &= ~sought.str.contains(f"[{STRAY_MARK}{JOINED}]")
        positions, bare = positions.filter(is_so), sought.filter(is_so).str.replace_all(self._spaced, "${1}${3}")
        is_plain = find_plain(bare, self._top)
        return none.scatter(positions.filter(is_plain), bare.filter(is_plain))

    def count(self, lines: pl.Series, aligner: RowAligner) -> None:
        """Count for the aligner the cells of each column with such spaces, in lines that were
        found."""
        if lines.is_empty():
            return
        bounds = f'${{1}}"${{2}}{JOINED}${{4}}"'
        cells = parse(lines.str.replace_all(self._spaced, bounds), self._top)
        is_spaced = pl.all().str.contains(f"^ +{JOINED}|^{JOINED} +")
        counts = cells.select(is_spaced.sum()).row(0, named=True)
        aligner.spaced.update({position: counts[name] for position, name in aligner.names.items() if counts.get(name)})


JOINED = "\ue000"
"""Replaces the line breaks in a record of several lines, if no line has this sign itself."""


class QuoteEffect(IntEnum):
    """What a line does to a quote that is open at its beginning."""

    STAYS = 0
    CLOSES = 1
    BREAKS = 2
    UNKNOWN = 3


class OpenQuotes:
    """Finds the open quotes in lines of one file. `delimiter` is one character of ASCII."""

    def __init__(self, delimiter: str) -> None:
        sign = re.escape(delimiter)
        inside = '(?:[^"]|"")*'
        whole = rf'(?:"{inside}"|[^"{sign}][^{sign}]*|)'
        self._opens = rf'^(?:{whole}{sign})*"{inside}$'
        self._stays = rf'^{inside}$|^{inside}"(?:{sign}{whole})*{sign}"{inside}$'
        self._closes = rf'^{inside}"(?:{sign}{whole})*$'
        goes_on = rf'"[^"{sign}]'
        self._goes_on = rf'^(?:{whole}{sign})*"{inside}{goes_on}'
        self._breaks = rf'^{inside}{goes_on}|^{inside}"(?:{sign}{whole})*{sign}"{inside}{goes_on}'
        # spaces outside quotes may make another row of a line, and an escaped quote another code; the exact path knows
        self._spaced = rf'(?:^|{sign}) +"|" +(?:{sign}|$)|\x00|\\"|{STRAY_MARK}'

    def open(self, lines: pl.Series) -> pl.Series:
        """Return which lines leave a quote open at their end, if a record begins in them."""
        return lines.str.contains(self._opens) & ~self._are_left_out(lines)

    def go_on_behind(self, lines: pl.Series) -> pl.Series:
        """Return which lines have text after a closing quote, if a record begins in them."""
        return lines.str.contains(self._goes_on) & ~self._are_left_out(lines)

    def _are_left_out(self, lines: pl.Series) -> pl.Series:
        return lines.str.contains(self._spaced) | (lines.str.len_bytes() > MAX_LINE_CHARACTERS)

    def below(self, lines: pl.Series) -> pl.Series:
        """Return for each line which `QuoteEffect` it has."""
        line = pl.col("line")
        is_left_out = (line.str.len_bytes() > MAX_LINE_CHARACTERS) | line.str.contains(r'\x00|\\"')
        patterns = {
            QuoteEffect.STAYS: self._stays,
            QuoteEffect.CLOSES: self._closes,
            QuoteEffect.BREAKS: self._breaks,
        }
        known = (pl.when(line.str.contains(pattern)).then(pl.lit(int(effect))) for effect, pattern in patterns.items())
        unknown = pl.lit(int(QuoteEffect.UNKNOWN))
        below = pl.when(is_left_out).then(unknown).otherwise(pl.coalesce(*known, unknown))
        return lines.alias("line").to_frame().select(below.cast(pl.Int8)).to_series()


# Plain numbers, which are compared faster.
_STAYS, _BREAKS, _UNKNOWN = map(int, (QuoteEffect.STAYS, QuoteEffect.BREAKS, QuoteEffect.UNKNOWN))

Ends = str | list[str]
"""What ends the lines: the same for all, or one for each."""


class _IncompleteRecord(Exception):
    """A record may go on in the next chunk."""


class OddChunk:
    """The lines of a chunk. Lines with double quotes, or very long ones, are read here if they are
    not plain.

    `continued` are the positions of lines that continue the record above them. `cut` is the
    position of a record that continues in the next chunk, if there is one. `end` is what ends all
    lines, blank if that differs.
    """

    def __init__(
        self,
        lines: pl.Series,
        ends: Ends,
        quoted: QuotedRecords,
        open_quotes: OpenQuotes,
        *,
        first_row: int,
        is_last: bool,
    ) -> None:
        """Take the lines of a chunk.

        Args:
            lines: The lines, without what ends them.
            ends: What ends the lines.
            quoted: Reads records with quotes.
            open_quotes: Finds the lines that leave a quote open.
            first_row: The number of the first row that begins in the chunk.
            is_last: Whether no chunk follows.
        """
        self.lines = lines
        self.ends = ends
        self.end = ends if isinstance(ends, str) else ""
        self.quoted = quoted
        self.open_quotes = open_quotes
        self.first_row = first_row
        self.is_last = is_last
        # a stray byte is counted by its column, even if it is all that a row has
        self.is_quoted = lines.str.contains(f'["{STRAY_MARK}]') | (lines.str.len_bytes() > MAX_LINE_CHARACTERS)
        self.continued: list[int] = []
        self.cut: int | None = None
        self._texts: list[str] = []
        self._below: list[int] = []
        self._several: dict[int, tuple[int, int]] = {}
        self._goes_on = pl.Series(dtype=pl.UInt32)
        self._broken: dict[int, Damage] = {}

    def records(self, is_plain: pl.Series) -> Iterator[Record]:
        """Yield the record that begins in each odd line, in order; it may take lines below it, too.

        Records with broken quotes, and records that are known to take several lines, are only
        noted.
        """
        odd, is_open = self._to_be_read(is_plain)
        beyond = 0
        for position, opens in zip(odd.to_list(), is_open.to_list(), strict=True):
            if position < beyond:
                continue
            row = self.first_row + position - len(self.continued)
            if opens and (line_count := self._take(row, position)):
                beyond = position + line_count
                continue
            try:
                record = self._read(row, position)
            except _IncompleteRecord:
                self.cut = position
                return
            if isinstance(record, Damage):
                self._broken[position] = record
                continue
            beyond = position + record.line_count
            self.continued.extend(range(position + 1, beyond))
            yield record

    def _to_be_read(self, is_plain: pl.Series) -> tuple[pl.Series, pl.Series]:
        """Find the odd lines, without those that have text after a closing quote.

        Returns:
            Their positions, and whether each leaves a quote open.
        """
        odd = (~is_plain & self.is_quoted).arg_true()
        lines = self.lines.gather(odd)
        goes_on = self.open_quotes.go_on_behind(lines)
        self._goes_on, odd, lines = odd.filter(goes_on), odd.filter(~goes_on), lines.filter(~goes_on)
        is_open = self.open_quotes.open(lines)
        if is_open.any():
            self._below = self.open_quotes.below(self.lines).to_list()
        if not odd.is_empty():
            self._texts = self.lines.to_list()
        return odd, is_open

    def _read(self, row: int, position: int) -> Record | Damage:
        line = self._texts[position]
        if '"' not in line and len(line) <= MAX_LINE_CHARACTERS:
            return Record(row, line.split(self.quoted.delimiter))
        read = self.quoted.read if STRAY_MARK in line else self.quoted.read_unless_broken
        return read(row, line + self._end(position), partial(self._peek, position + 1))

    def _take(self, row: int, position: int) -> int:
        """Return the number of lines of a record whose first line leaves a quote open, 0 if not
        known.

        It is a faster form of `QuotedRecords.read_unless_broken`.
        """
        if not self.quoted.may_go_on:
            self._broken[position] = Damage.QUOTE_NOT_CLOSED
            return 1
        texts, below = self._texts, self._below
        last, length = position, 0
        effect = _STAYS
        while effect == _STAYS:
            length += len(texts[last]) + len(self.end or self._end(last))
            last += 1
            if length > MAX_CELL_CHARACTERS or last == len(below) or below[last] == _UNKNOWN:
                return 0
            effect = below[last]
        if effect == _BREAKS:
            self.quoted.fruitless += last - position + 1
            self._broken[position] = Damage.QUOTE_NOT_CLOSED
            return 1
        self._several[row] = (position, last)
        self.continued.extend(range(position + 1, last + 1))
        return last - position + 1

    def joined(self) -> tuple[pl.Series, list[str]]:
        """Return the records that are known to take several lines, with JOINED for each line break.

        Returns:
            The numbers of their rows, and the records. A record is blank if a line has JOINED
            itself.
        """
        numbers = pl.Series("row", list(self._several), dtype=pl.UInt32)
        if not self._several or not self.end or self.lines.str.contains(JOINED, literal=True).any():
            return numbers, [""] * len(self._several)
        return numbers, [JOINED.join(self._texts[first : last + 1]) for first, last in self._several.values()]

    def record_of(self, row: int) -> Record:
        """Return the record of a row that is known to take several lines."""
        position = self._several[row][0]
        return self.quoted.read(row, self._texts[position] + self._end(position), partial(self._peek, position + 1))

    def codes(self) -> pl.Series:
        """Return for each line the code of the issue of its quotes, null if there is none. The
        result for lines that are `continued` means nothing."""
        codes: pl.Series = pl.repeat(None, self.lines.len(), dtype=pl.String, eager=True)
        read = pl.Series([damage.value for damage in self._broken.values()], dtype=pl.String)
        return codes.scatter(self._goes_on, Damage.QUOTE_INSIDE.value).scatter(list(self._broken), read)

    def _peek(self, first: int, below: int) -> str | None:
        position = first + below
        if position < len(self._texts):
            return f"{self._texts[position]}{self._end(position)}"
        if self.is_last:
            return None
        raise _IncompleteRecord

    def _end(self, position: int) -> str:
        if isinstance(self.ends, str):
            return self.ends
        return self.ends[position] if position < len(self.ends) else ""  # the file's last line may have none

    def spell(self, begin: int) -> bytes:
        """Return the lines from `begin` on as they are in the file."""
        return "".join(
            f"{line}{self._end(position)}" for position, line in enumerate(self.lines[begin:], start=begin)
        ).encode()
