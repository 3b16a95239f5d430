"""Reads lines with spaces between delimiters and double quotes, as some programs write, all at once. It gives what
`QuotedRecords.read` and `RowFitter.fit` give line by line; a property test says so."""

import re

import polars as pl

from tidegate.core.reading.align import RowAligner
from tidegate.core.reading.decoding import MENDED
from tidegate.core.reading.open_quotes import JOINED
from tidegate.core.reading.plain_lines import find_plain, parse
from tidegate.core.reading.preamble import Preamble


class SpacedQuotes:
    """Reads lines of one file."""

    def __init__(self, top: Preamble) -> None:
        self._top = top
        sign = re.escape(top.delimiter)
        quoted = '"(?:[^"]|"")*"'
        cell = rf'(?: *{quoted} *|[^"{sign}]*)'
        self._looks_so = rf'(?:^|{sign}) +"|" +(?:{sign}|$)'
        self._shape = rf"^{cell}(?:{sign}{cell})*$"
        self._spaced = rf"(^|{sign})( *)({quoted})( *)"

    def find(self, lines: pl.Series, asked: pl.Series) -> pl.Series:
        """Return for each line the line without these spaces, where it is plain then; null otherwise. Those are looked
        at that are `asked`."""
        none: pl.Series = pl.repeat(None, lines.len(), dtype=pl.String, eager=True)
        if self._top.delimiter == " " or not asked.any():
            return none
        places, sought = asked.arg_true(), lines.filter(asked)
        is_so = sought.str.contains(self._looks_so) & sought.str.contains(self._shape)
        is_so &= ~sought.str.contains(f"[{MENDED}{JOINED}]")
        places, bare = places.filter(is_so), sought.filter(is_so).str.replace_all(self._spaced, "${1}${3}")
        is_plain = find_plain(bare, self._top)
        return none.scatter(places.filter(is_plain), bare.filter(is_plain))

    def count(self, lines: pl.Series, aligner: RowAligner) -> None:
        """Tell the fitter how many cells of each column had such spaces, of lines that were found."""
        if lines.is_empty():
            return
        bounds = f'${{1}}"${{2}}{JOINED}${{4}}"'
        cells = parse(lines.str.replace_all(self._spaced, bounds), self._top)
        is_spaced = pl.all().str.contains(f"^ +{JOINED}|^{JOINED} +")
        counts = cells.select(is_spaced.sum()).row(0, named=True)
        aligner.spaced.update({place: counts[name] for place, name in aligner.names.items() if counts.get(name)})
