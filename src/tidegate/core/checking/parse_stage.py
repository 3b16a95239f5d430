"""Parses the slices of a file: their texts become values, while the slices before are looked up and checked."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from tidegate.core.frames.prefetch import prefetch
from tidegate.core.layouts.layout import Layout, SampleRow
from tidegate.core.parsing.day_order import OrderCounts
from tidegate.core.parsing.exchanged_days import DaysSeen
from tidegate.core.parsing.parse import Parser
from tidegate.core.parsing.repairs import Repair
from tidegate.core.reading.issue import ISSUES, issues_of
from tidegate.core.reading.read_file import Slice

_PARSED_AHEAD = 2


@dataclass(frozen=True)
class ParsedSlice:
    """Rows with texts and values, what the reader says of single rows (`issues`), what was repaired on the way, the
    orders and days of its dates (see `Parsed`), and whether every cell was clean (see `Slice`). Once it was looked up
    it also has the stored records that its rows are compared with."""

    rows: pl.DataFrame
    issues: pl.DataFrame
    repairs: list[Repair]
    day_orders: dict[str, OrderCounts]
    days_seen: dict[str, DaysSeen]
    is_clean: bool
    stored_records: pl.DataFrame | None = None


def parse_slices(slices: Iterator[Slice], parser: Parser) -> Iterator[ParsedSlice]:
    """Yield the slices parsed, in order; the next ones are read and parsed meanwhile, in a thread of their own."""
    return prefetch((_parse(part, parser) for part in slices), count=_PARSED_AHEAD)


def _parse(part: Slice, parser: Parser) -> ParsedSlice:
    parsed = parser.parse(part.rows, is_clean=part.is_clean)
    issues = pl.concat([part.issues, _sample_rows(parsed.rows, parser.layout)])
    return ParsedSlice(parsed.rows, issues, parsed.repairs, parsed.day_orders, parsed.days_seen, is_clean=part.is_clean)


def _sample_rows(rows: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Return an issue, shaped as ISSUES, for each row that was left in from the sample file."""
    if layout.sample_row is None:
        return issues_of()
    column = layout.sample_row.column
    has_zeros = pl.col(column).str.starts_with(layout.sample_row.starts_with)
    is_short = pl.col(column).str.len_bytes() < len(layout.columns[column].example)  # spares most rows the pattern
    candidates = rows.lazy().select("row", column, *layout.sample_row.agrees_in).filter(has_zeros | is_short).collect()
    left_in = candidates.filter(has_zeros | _is_example_without_zeros(layout, layout.sample_row))
    if left_in.is_empty():
        return issues_of()
    found = left_in.select("row", pl.col(column).alias("value"), code=pl.lit("ROW101"), column=pl.lit(column))
    return found.select(
        pl.col(name).cast(dtype) if name in found.columns else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in ISSUES.items()
    )


def _is_example_without_zeros(layout: Layout, sample: SampleRow) -> pl.Expr:
    """Whether the number would be an example's if it got its zeros back. None has zeros alone."""
    bare = pl.col(sample.column).str.extract(r"^0*([1-9][0-9]*)(?:\.0*)?$")
    number = bare.str.zfill(len(layout.columns[sample.column].example))
    is_example = number.str.starts_with(sample.starts_with)
    for name in sample.agrees_in:
        is_example &= pl.col(name).str.to_lowercase() == layout.columns[name].example.lower()
    return is_example.fill_null(False)
