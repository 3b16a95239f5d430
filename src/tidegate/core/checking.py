"""Checks a file: reads it, sets beside it what is stored, judges every row, and counts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from tidegate.core.layouts.column_types import Code
from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reading.fault import Fault
from tidegate.core.reading.fix_file import is_fix_file
from tidegate.core.reading.limits import NO_LIMITS, Limits
from tidegate.core.reading.read_file import Reading, read_file
from tidegate.core.rules.catalogue import column_rules, find_rules, reading_rules, row_rules
from tidegate.core.rules.columns import ROW
from tidegate.core.rules.finding import findings_of_faults, without_nul
from tidegate.core.rules.judge import Judgement
from tidegate.core.rules.prepare import mended_notice, prepare
from tidegate.core.rules.rule import RowRule, Severity
from tidegate.core.stored.join_stored import StoredJoin
from tidegate.core.stored.lost_zeros import restore_lost_zeros
from tidegate.core.stored.tables import StoredTables
from tidegate.core.suggestions.suggest import suggest, suggest_for_header


@dataclass(frozen=True)
class Focus:
    """What a file is checked for: the school year and, unless every organization's rows are taken, whose file it is."""

    school_year: SchoolYear
    organization_id: int | None = None
    organization_name: str = ""


@dataclass(frozen=True)
class Checked:
    """What a check found. `rows` are all data rows with texts, values and look-ups; `is_bad` says which of them have an
    error; `findings` are shaped as FINDINGS, in the order of the Result Log; `column_places` says where in the
    file, from 0, each column of the layout stands. Where `is_refused`, nothing of the file was read and the findings
    say why; the counts are then 0."""

    layout: Layout
    rows: pl.DataFrame
    is_bad: pl.Series
    findings: pl.DataFrame
    is_refused: bool = False
    column_places: Mapping[str, int] = field(default_factory=dict)
    is_fix_file: bool = False

    @property
    def row_count(self) -> int:
        """Data rows; blank rows do not count."""
        return self.rows.height

    @property
    def error_count(self) -> int:
        """Rows that are not loaded."""
        return int(self.is_bad.sum())

    @property
    def success_count(self) -> int:
        """Rows that are loaded; with `error_count` it makes up `row_count`, always."""
        return self.row_count - self.error_count

    @property
    def good_rows(self) -> pl.DataFrame:
        """The rows that are loaded."""
        return self.rows.filter(~self.is_bad)


def check(
    path: Path,
    layout: Layout,
    rules: Sequence[RowRule],
    *,
    focus: Focus,
    tables: StoredTables,
    others: Iterable[Layout] = (),
    limits: Limits = NO_LIMITS,
    when_read: Callable[[int], None] = lambda _row_count: None,
) -> Checked:
    """Return what is wrong with the file at `path`, all in one pass. Never raises for what the file holds.

    `rules` are the file type's own; the built-in ones are added. `others` are all layouts, to recognise a file that
    was sent as the wrong type. `when_read` is called with the number of rows once they are read. Errors: a Refusal
    where the stored tables cannot be read.
    """
    layout = layout.in_year(focus.school_year)
    reading = read_file(path, layout, others=others, limits=limits)
    if reading.is_refused:
        return _refused(reading, layout)
    when_read(reading.rows.height)
    is_fix = is_fix_file(reading.names)
    prepared = prepare(reading.rows, layout, focus.school_year, is_fix_file=is_fix, is_tidy=reading.is_tidy)
    faults = [*reading.faults, *prepared.notices, *_sample_rows(prepared.rows, layout)]
    rows, restored = restore_lost_zeros(prepared.rows, layout, tables, focus.school_year)
    faults += [mended_notice("CELL120", column, numbers) for column, numbers in restored.items()]
    join = StoredJoin(layout, tables, focus.school_year)
    rows = _add_context(join.join(rows), focus)
    faults += _mended_codes(rows, layout)
    rules = [*find_rules(layout), *row_rules(layout), *rules]
    judgement = Judgement(rows, layout, unreadable=_rows_with_faults(faults))
    judgement.judge_columns(column_rules(layout))
    judgement.judge_rows(rules)
    judgement.judge_file(rules, join.beside(rows))
    found = [findings_of_faults(faults, reading_rules(), rows, layout), *judgement.found]
    findings = _in_log_order(without_nul(pl.concat(found)), layout)
    findings = suggest(findings, rows, layout, tables=tables, school_year=focus.school_year)
    return Checked(layout, rows, judgement.is_bad, findings, column_places=reading.positions, is_fix_file=is_fix)


def _refused(reading: Reading, layout: Layout) -> Checked:
    findings = without_nul(findings_of_faults(reading.faults, reading_rules(), reading.rows, layout))
    findings = suggest_for_header(findings, reading.names, layout)
    return Checked(layout, reading.rows, pl.Series([], dtype=pl.Boolean), findings, is_refused=True)


def _sample_rows(rows: pl.DataFrame, layout: Layout) -> list[Fault]:
    """Return a fault for each row that was left in from the sample file."""
    if layout.sample_row is None:
        return []
    column, start = layout.sample_row.column, layout.sample_row.starts_with
    left_in = rows.filter(pl.col(column).str.starts_with(start)).select(ROW, column)
    return [Fault("ROW101", row, value, {"column": column}) for row, value in left_in.iter_rows()]


def _add_context(rows: pl.DataFrame, focus: Focus) -> pl.DataFrame:
    """Add the facts of the upload, which rules speak of as `context(...)`."""
    return rows.with_columns(
        pl.lit(focus.school_year.first_day).alias("context.first_day"),
        pl.lit(focus.school_year.last_day).alias("context.last_day"),
        pl.lit(focus.organization_id, dtype=pl.Int32).alias("context.organization_id"),
        pl.lit(focus.organization_name).alias("context.organization_name"),
    )


def _mended_codes(rows: pl.DataFrame, layout: Layout) -> list[Fault]:
    """Return a notice for each column of codes in which a spreadsheet's damage was put right."""
    notices = []
    for name, find in layout.stored.items():
        by = getattr(find, "by", "")
        if by and isinstance(layout.columns[by].of, Code):
            mended = rows.filter(pl.col(f"{name}.mended"))
            notices += [mended_notice("CELL120", by, mended[f"{name}.code"])] if not mended.is_empty() else []
    return notices


def _rows_with_faults(faults: Iterable[Fault]) -> set[int]:
    """Return the rows of which the reader has said enough."""
    rules = reading_rules()
    return {f.row for f in faults if f.row is not None and f.row > 1 and rules[f.code].severity is Severity.ERROR}


def _in_log_order(findings: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Return the findings by row, then in the order of the columns; what is about the whole file goes first."""
    places = {name: place for place, name in enumerate(layout.columns)}
    place = pl.col("column").replace_strict(places, default=-1, return_dtype=pl.Int32)
    return findings.sort(pl.col("row"), place, pl.col("code"), nulls_last=False, maintain_order=True)
