"""Prepares the slices of a file for judging, and has the students locked whom they speak of."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from tidegate.core.frames.prefetch import prefetch
from tidegate.core.frames.spill import SpillBuffer
from tidegate.core.layouts.column_types import Digits
from tidegate.core.layouts.layout import Layout, SampleRow
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.lookups.join import student_column
from tidegate.core.lookups.lost_zeros import short_numbers
from tidegate.core.parsing.day_order import OrderCounts
from tidegate.core.parsing.parse import Parser
from tidegate.core.parsing.repairs import Repair
from tidegate.core.parsing.written_blanks import WrittenBlanks
from tidegate.core.reading.fix_file import is_fix_file
from tidegate.core.reading.issue import FAULTS, issues_of
from tidegate.core.reading.read_file import Reading
from tidegate.core.reference.tables import ReferenceData


@dataclass(frozen=True)
class ParsedSlice:
    """Rows with texts and values, the faults of single rows, what was changed on the way, the orders of its dates (see
    `Parsed`), whether every cell was tidy (see `Slice`), and, when it was looked up, the stored records that the rows
    are compared with."""

    rows: pl.DataFrame
    faults: pl.DataFrame
    changes: list[Repair]
    day_orders: dict[str, OrderCounts]
    is_clean: bool
    beside: pl.DataFrame | None = None


def parsed_slices(
    reading: Reading, layout: Layout, school_year: SchoolYear, tables: ReferenceData, *, blanks: WrittenBlanks
) -> Iterator[ParsedSlice]:
    """Yield the slices, each prepared while those before are judged: the first ones while the tables are read.

    `blanks` notes which columns have their blanks written out. Where the tables lock students, all of the file's are
    locked before the first slice is yielded.
    """
    by = student_column(layout)
    if by and not reading.is_refused:
        tables.expect_students(school_year)
    slices = prefetch(_prepare(reading, layout, school_year, blanks), count=2)
    return _locked(slices, layout, by, tables) if tables.is_locking and by else slices


def _prepare(reading: Reading, layout: Layout, school_year: SchoolYear, blanks: WrittenBlanks) -> Iterator[ParsedSlice]:
    preparer = Parser(layout, school_year, is_fix_file=is_fix_file(reading.names), blanks=blanks)
    for part in reading.slices:
        prepared = preparer.prepare(part.rows, is_clean=part.is_clean)
        faults = pl.concat([part.faults, _sample_rows(prepared.rows, layout)])
        yield ParsedSlice(prepared.rows, faults, prepared.changes, prepared.day_orders, part.is_clean)


def _sample_rows(rows: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Return a fault, shaped as FAULTS, for each row that was left in from the sample file."""
    if layout.sample_row is None:
        return issues_of()
    column = layout.sample_row.column
    has_zeros = pl.col(column).str.starts_with(layout.sample_row.starts_with)
    is_short = pl.col(column).str.len_bytes() < len(layout.columns[column].example)  # spares most rows the pattern
    looked_at = rows.lazy().select("row", column, *layout.sample_row.agrees_in).filter(has_zeros | is_short).collect()
    left_in = looked_at.filter(has_zeros | _is_example_without_zeros(layout, layout.sample_row))
    if left_in.is_empty():
        return issues_of()
    told = left_in.select("row", pl.col(column).alias("value"), code=pl.lit("ROW101"), column=pl.lit(column))
    return told.select(
        pl.col(name).cast(kind) if name in told.columns else pl.lit(None, dtype=kind).alias(name)
        for name, kind in FAULTS.items()
    )


def _is_example_without_zeros(layout: Layout, sample: SampleRow) -> pl.Expr:
    """Whether the number would be an example's if it got its zeros back. None has zeros alone."""
    bare = pl.col(sample.column).str.extract(r"^0*([1-9][0-9]*)(?:\.0*)?$")
    number = bare.str.zfill(len(layout.columns[sample.column].example))
    is_example = number.str.starts_with(sample.starts_with)
    for name in sample.agrees_in:
        is_example &= pl.col(name).str.to_lowercase() == layout.columns[name].example.lower()
    return is_example.fill_null(False)


def _locked(slices: Iterator[ParsedSlice], layout: Layout, by: str, tables: ReferenceData) -> Iterator[ParsedSlice]:
    """Go through all slices to note whom they speak of, lock these, and go through them again."""
    of = layout.columns[by].of
    assert isinstance(of, Digits)
    rows, faults, others = SpillBuffer(), SpillBuffer(), []
    for part in slices:
        numbers = [part.rows[f"{by}:value"], short_numbers(part.rows, of=of, by=by)["number"]]
        tables.note_students(pl.concat([each.cast(pl.UInt32).alias(by) for each in numbers]))
        rows.add(part.rows)
        faults.add(part.faults)
        others.append(replace(part, rows=part.rows.clear(), faults=issues_of()))
    tables.lock_noted()
    for kept, found, part in zip(rows, faults, others, strict=True):
        yield replace(part, rows=kept, faults=found)
