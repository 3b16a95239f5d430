"""A chunk with lines that are not plain: finds the records that begin in lines with quotes."""

import re
from collections.abc import Iterator
from enum import IntEnum
from functools import partial

import polars as pl

from tidegate.core.reading.decoding import STRAY_MARK
from tidegate.core.reading.plain_lines import Ends
from tidegate.core.reading.records import MAX_CELL_CHARACTERS, MAX_LINE_CHARACTERS, Damage, QuotedRecords, Record

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
_STAYS, _CLOSES, _BREAKS, _UNKNOWN = map(int, QuoteEffect)
_MAX_END = 2  # characters that end a line


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
        odd, is_open, takes_two = self._to_be_read(is_plain)
        noted = self._note_pairs(odd, takes_two)
        further = (each.slice(noted).to_list() for each in (odd, is_open, takes_two))
        beyond = 0
        for position, opens, has_two in zip(*further, strict=True):
            if position < beyond:
                continue
            row = self.first_row + position - len(self.continued)
            if has_two and self.quoted.may_go_on:
                beyond = position + 2
                self._several[row] = (position, position + 1)
                self.continued.append(position + 1)
                continue
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

    def _note_pairs(self, odd: pl.Series, takes_two: pl.Series) -> int:
        """Note at once the records of two lines with which a chunk begins, as where a column has line breaks.

        Returns:
            How many of the odd lines they take.
        """
        begins = odd.filter(takes_two)
        if begins.is_empty() or (begins.diff() == 1).any() or not self.quoted.may_go_on:
            return 0
        is_other = ~(takes_two | odd.is_in((begins + 1).implode()))
        count = odd.len() if (first := is_other.arg_max()) is None or not is_other[first] else first
        begins = begins.head(int(takes_two.head(count).sum()))
        rows, below = begins + self.first_row - pl.int_range(begins.len(), eager=True), begins + 1
        self._several = dict(zip(rows.to_list(), zip(begins.to_list(), below.to_list(), strict=True), strict=True))
        self.continued = below.to_list()
        return count

    def _to_be_read(self, is_plain: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
        """Find the odd lines, without those that have text after a closing quote.

        Returns:
            Their positions, whether each leaves a quote open, and whether the line below then closes it, as most do.
        """
        odd = (~is_plain & self.is_quoted).arg_true()
        lines = self.lines.gather(odd)
        goes_on = self.open_quotes.go_on_behind(lines)
        self._goes_on, odd, lines = odd.filter(goes_on), odd.filter(~goes_on), lines.filter(~goes_on)
        is_open = self.open_quotes.open(lines)
        takes_two = is_open
        if is_open.any():
            below = self.open_quotes.below(self.lines)
            self._below = below.to_list()
            is_short = lines.str.len_chars() <= MAX_CELL_CHARACTERS - _MAX_END
            takes_two = is_open & is_short & (below.shift(-1).gather(odd) == _CLOSES).fill_null(value=False)
        if not odd.is_empty():
            self._texts = self.lines.to_list()
        return odd, is_open, takes_two

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

    def joined(self) -> tuple[pl.Series, pl.Series]:
        """Return the records that are known to take several lines, with JOINED for each line break.

        Returns:
            The numbers of their rows, and the records. A record is blank if a line has JOINED
            itself.
        """
        numbers = pl.Series("row", list(self._several), dtype=pl.UInt32)
        if not self._several or not self.end or self.lines.str.contains(JOINED, literal=True).any():
            return numbers, pl.repeat("", len(self._several), eager=True)
        first, last = (pl.Series(each, dtype=pl.UInt32) for each in zip(*self._several.values(), strict=True))
        texts = self.lines.gather(first) + JOINED + self.lines.gather(first + 1)  # most take two lines
        longer = (last - first > 1).arg_true()
        spans = zip(first.gather(longer).to_list(), last.gather(longer).to_list(), strict=True)
        return numbers, texts.scatter(longer, [JOINED.join(self._texts[begin : end + 1]) for begin, end in spans])

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
