"""What a check found, slice by slice: a million findings need no more memory than a thousand."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from tidegate.core.checking.cross_row import CrossRowChecker
from tidegate.core.checking.suggestion_collector import with_suggestions
from tidegate.core.frames.spill import SpillBuffer
from tidegate.core.layouts.layout import Layout
from tidegate.core.rules.expressions import ROW, ROW_IS_BAD
from tidegate.core.rules.finding import no_findings, without_nul

_ROWS_AT_ONCE = 20_000
"""The findings about so many rows of a slice are put together at once."""


@dataclass(frozen=True)
class CheckResult:
    """What a check found. `of_file` are the findings about the file and its header; `noted` and `rows_kept` have, by
    slice, the findings about each row by itself and the rows; `across` knows what is wrong between rows, and `answers`
    what may have been meant. `column_places` says where in the file, from 0, each column of the layout stands.
    `loaded_before` has what the upload that a fix file corrects has loaded in the file's groups. Where `is_refused`,
    nothing of the file was read and the findings say why; the counts are then 0."""

    layout: Layout
    of_file: pl.DataFrame
    across: CrossRowChecker
    noted: SpillBuffer = field(default_factory=SpillBuffer)
    rows_kept: SpillBuffer = field(default_factory=SpillBuffer)
    answers: pl.DataFrame = field(default_factory=pl.DataFrame)
    severities: Counter[str] = field(default_factory=Counter)
    is_refused: bool = False
    column_places: Mapping[str, int] = field(default_factory=dict)
    loaded_before: pl.DataFrame | None = None

    @property
    def is_bad(self) -> pl.Series:
        """Whether each row has an error."""
        return self.across.is_bad

    @property
    def row_count(self) -> int:
        """Data rows; blank rows do not count."""
        return self.is_bad.len()

    @property
    def error_count(self) -> int:
        """Rows that are not loaded."""
        return int(self.is_bad.sum())

    @property
    def success_count(self) -> int:
        """Rows that are loaded; with `error_count` it makes up `row_count`, always."""
        return self.row_count - self.error_count

    @property
    def has_findings(self) -> bool:
        """Whether there is any finding."""
        return any(self.severities.values()) or not self.of_file.is_empty()

    @property
    def finding_count(self) -> int:
        """How many findings there are, those about the file included."""
        return self.of_file.height + sum(self.severities.values())

    def count_of(self, severity: str) -> int:
        """Return how many findings are errors, warnings or notices."""
        return self.severities[severity]

    def findings_in_slices(self) -> Iterator[pl.DataFrame]:
        """Yield the findings, shaped as FINDINGS, in the order of the Result Log; no slice is empty."""
        if not self.of_file.is_empty():
            yield self.of_file
        rows = self.rows_kept if self.across.has_findings else [None] * len(self.noted)
        slices = zip(self.noted, rows, strict=True)
        for noted, shown in (piece for part in slices for piece in _in_pieces(*part)):
            found = [with_suggestions(noted, self.answers)]
            if shown is not None:
                found += self.across.findings(shown)
            findings = in_log_order(pl.concat(found), self.layout)
            if not findings.is_empty():
                yield findings

    def rows_in_slices(self) -> Iterator[pl.DataFrame]:
        """Yield all data rows with texts, values and look-ups, and ROW_IS_BAD: whether they have an error. Of the
        columns, those that the check was asked to keep."""
        place = 0
        for rows in self.rows_kept:
            yield rows.with_columns(self.is_bad.slice(place, rows.height).alias(ROW_IS_BAD))
            place += rows.height

    def good_rows_in_slices(self) -> Iterator[pl.DataFrame]:
        """Yield the rows that are loaded."""
        return (rows.filter(~pl.col(ROW_IS_BAD)).drop(ROW_IS_BAD) for rows in self.rows_in_slices())

    @cached_property
    def findings(self) -> pl.DataFrame:
        """All findings at once."""
        return pl.concat([no_findings(), *self.findings_in_slices()])

    @property
    def rows(self) -> pl.DataFrame:
        """All rows at once."""
        return pl.concat(list(self.rows_in_slices()))

    @property
    def good_rows(self) -> pl.DataFrame:
        """All rows that are loaded, at once."""
        return pl.concat(list(self.good_rows_in_slices()))


def _in_pieces(noted: pl.DataFrame, rows: pl.DataFrame | None) -> Iterator[tuple[pl.DataFrame, pl.DataFrame | None]]:
    """Yield what was noted about the rows of a slice and the rows, some rows at a time: each may have several findings
    in the light of others."""
    if rows is None or rows.height <= _ROWS_AT_ONCE:
        yield noted, rows
        return
    firsts = rows[ROW].gather_every(_ROWS_AT_ONCE)[1:]
    numbers = firsts.search_sorted(noted[ROW].fill_null(0), side="right")
    for number, piece in enumerate(rows.iter_slices(_ROWS_AT_ONCE)):
        yield noted.filter(numbers == number), piece


def in_log_order(findings: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Return the findings by row, then in the order of the columns; what is about the whole file goes first. None holds
    a NUL, which neither a spreadsheet nor a database has."""
    places = {name: place for place, name in enumerate(layout.columns)}
    place = pl.col("column").replace_strict(places, default=-1, return_dtype=pl.Int32)
    return without_nul(findings.sort(pl.col(ROW), place, pl.col("code"), nulls_last=False, maintain_order=True))
