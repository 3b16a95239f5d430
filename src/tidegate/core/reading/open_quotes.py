"""Knows of many lines at once what a CSV reader would make of their quotes: which of them open one that goes on in the
line below, and what a line does that begins within quotes."""

import re
from enum import IntEnum

import polars as pl

from tidegate.core.reading.decoding import MENDED
from tidegate.core.reading.records import LONGEST_LINE

JOINED = "\ue000"
"""Stands for the line breaks of a record that takes several lines, where no line has this sign itself."""


class Below(IntEnum):
    """What a line does to the quotes that are open where it begins."""

    STAYS = 0
    CLOSES = 1
    BREAKS = 2
    UNKNOWN = 3


class OpenQuotes:
    """Looks at lines of one file. `delimiter` is one character of ASCII."""

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
        self._spaced = rf'(?:^|{sign}) +"|" +(?:{sign}|$)|\x00|\\"|{MENDED}'

    def open(self, lines: pl.Series) -> pl.Series:
        """Return which lines, where a record begins in them, leave a quote open at their end."""
        return lines.str.contains(self._opens) & ~self._are_left_out(lines)

    def go_on_behind(self, lines: pl.Series) -> pl.Series:
        """Return in which lines, where a record begins in them, a quoted cell goes on behind its closing quote."""
        return lines.str.contains(self._goes_on) & ~self._are_left_out(lines)

    def _are_left_out(self, lines: pl.Series) -> pl.Series:
        return lines.str.contains(self._spaced) | (lines.str.len_bytes() > LONGEST_LINE)

    def below(self, lines: pl.Series) -> pl.Series:
        """Return for each line which of `Below` it is."""
        line = pl.col("line")
        is_left_out = (line.str.len_bytes() > LONGEST_LINE) | line.str.contains(r'\x00|\\"')
        kinds = ((self._stays, Below.STAYS), (self._closes, Below.CLOSES), (self._breaks, Below.BREAKS))
        known = (pl.when(line.str.contains(pattern)).then(pl.lit(int(kind))) for pattern, kind in kinds)
        unknown = pl.lit(int(Below.UNKNOWN))
        below = pl.when(is_left_out).then(unknown).otherwise(pl.coalesce(*known, unknown))
        return lines.alias("line").to_frame().select(below.cast(pl.Int8)).to_series()
