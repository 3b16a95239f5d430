"""Fits lines that are not plain and hold no double quote to the header, all at once: rows that are too short or too
long, blank ones. It gives what `RowFitter.fit` gives line by line; a property test says so."""

import re

import polars as pl

from tidegate.core.reading.align import RowAligner
from tidegate.core.reading.footer import MOST_FOOTER_CELLS
from tidegate.core.reading.issue import FAULTS, issues_of
from tidegate.core.reading.records import NOTHING

_WORDS_OF_FOOTERS = (
    "row|record|line|student|enrollment|entr|item|total|count|end|eof|generated|printed|exported|created|page"
)
"""One of these stands in every footer that has a letter."""

_FOLDED_TO_ASCII = "\u0130\u0131\u017f\u212a"
"""Letters that Python takes for i, s and k where capitals do not matter, and Polars for themselves."""


class OddLines:
    """Fits lines of one file. `delimiter` is one character of ASCII."""

    def __init__(self, delimiter: str, fitter: RowAligner) -> None:
        self.fitter = fitter
        self.delimiter = delimiter
        sign = re.escape(delimiter)
        nothing = "".join(f"\\x{{{ord(char):x}}}" for char in NOTHING)
        self._blank = rf"^[{nothing}{sign}]*$"
        first = r"[\W_]*".join(map(re.escape, fitter.folded_names[0])) if fitter.folded_names else ""
        self._header = rf"(?i)^[\W_]*{first}[\W_]*(?:{sign}|$)|^[^{sign}]*[^\x00-\x7f]"
        self._footer = rf"(?i){_WORDS_OF_FOOTERS}|[{_FOLDED_TO_ASCII}]"
        self._many_cells = rf"(?:[0-9A-Za-z][^{sign}]*{sign}.*){{{MOST_FOOTER_CELLS}}}[0-9A-Za-z]"
        self._rule = r"^[^0-9A-Za-z]*[-=_*]{2}[^0-9A-Za-z]*$"

    def are_blank(self, lines: pl.Series) -> pl.Series:
        """Return which lines are blank rows."""
        return lines.str.contains(self._blank)

    def may_be_no_records(self, lines: pl.Series) -> pl.Series:
        """Return which lines may be a footer or the header again, so that they have to be looked at one by one."""
        if self.delimiter.isalnum() or self.delimiter == "_":
            return pl.repeat(True, lines.len(), eager=True)
        line = pl.col("line")
        is_footer = line.str.contains(self._footer) & ~line.str.contains(self._many_cells)
        odd = is_footer | line.str.contains(self._header) | line.str.contains(self._rule)
        return lines.alias("line").to_frame().select(odd).to_series()

    def fit(self, lines: pl.Series, numbers: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Fit lines that are not blank and certainly records, whose rows have these numbers.

        Returns:
            The rows, shaped as those of a Reading, and their faults, shaped as FAULTS.
        """
        width = self.fitter.width
        found = pl.DataFrame({"row": numbers, "line": lines}).with_columns(
            (pl.col("line").str.count_matches(self.delimiter, literal=True) + 1).alias("cells"),
            pl.col("line").str.splitn(self.delimiter, width + 1).alias("cut"),
        )
        beyond = pl.col("cut").struct.field(f"field_{width}")
        found = found.with_columns(self._code(~beyond.str.contains(self._blank).fill_null(True)).alias("code"))
        is_early = (pl.col("cells") < width) & pl.col("code").is_null()
        self.fitter.early_ends += int(found.select(is_early.sum()).item())
        none = pl.when(is_early).then(pl.lit(""))
        columns = [
            pl.coalesce(pl.col("cut").struct.field(f"field_{place}"), none).alias(self.fitter.names[place])
            for place in self.fitter.places
        ]
        return found.select("row", *columns), self._faults(found.filter(pl.col("code").is_not_null()))

    def _code(self, is_long: pl.Expr) -> pl.Expr:
        """Return the code of what is wrong with the row as a whole, null where nothing is."""
        short = [count for count in range(self.fitter.width) if self.fitter.missing(count)]
        return (
            pl.when(is_long)
            .then(pl.lit("FILE021"))
            .when(pl.col("cells") > self.fitter.usual_count)
            .then(pl.lit("FILE028"))
            .when(pl.col("cells").is_in(short))
            .then(pl.lit("FILE020"))
        )

    def _faults(self, found: pl.DataFrame) -> pl.DataFrame:
        if found.is_empty():
            return issues_of()
        missing = {count: self.fitter.missing(count) for count in range(self.fitter.width)}
        return found.select(
            "row",
            "code",
            pl.lit("").alias("value"),
            pl.when(pl.col("code") == "FILE020")
            .then(pl.col("cells").replace_strict(missing, default=None, return_dtype=pl.String))
            .alias("column"),
            pl.col("cells").cast(pl.String).alias("count"),
            pl.lit(str(self.fitter.width)).alias("width"),
            pl.lit(None, dtype=pl.String).alias("text"),
        ).cast(dict(FAULTS))  # type: ignore[arg-type]
