"""The stages of a check that see one slice at a time: the look-ups, and the checks of each row."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import polars as pl
from msgspec.structs import replace

from tidegate.core.checking.cause_collector import CauseCollector
from tidegate.core.checking.focus import Focus
from tidegate.core.checking.suggestion_collector import (
    BrokenRule,
    FindingCollector,
    NotedFindings,
    SuggestionCollector,
)
from tidegate.core.frames.joins import are_alike
from tidegate.core.frames.spill import SpillBuffer
from tidegate.core.layouts.identifiers import student_numbers
from tidegate.core.layouts.layout import Layout
from tidegate.core.lookups.lookup import LookupJoin, known_column, student_column
from tidegate.core.lookups.student import short_numbers
from tidegate.core.parsing.day_order import DayOrder, DayOrderEvidence, day_order_context
from tidegate.core.parsing.parse import ParsedSlice
from tidegate.core.parsing.repairs import PowerNotation, Repairs, change
from tidegate.core.reading.issue import NO_ISSUES
from tidegate.core.reference.folder import ReferenceData
from tidegate.core.rules.catalogue import RuleSet
from tidegate.core.rules.expressions import ROW, present, value
from tidegate.core.rules.rule import ColumnRule, FileRule, RowRule, Severity


class LookupStage:
    """Looks up the slices of one file, in order.

    Everything in it belongs to the thread that calls `look_up`. The other thread reads `day_order`
    and `is_settled`, after the last slice.
    """

    def __init__(
        self,
        layout: Layout,
        tables: ReferenceData,
        focus: Focus,
        *,
        needed: Collection[str] | None,
        dates: DayOrderEvidence,
        day_order: DayOrder | None,
    ) -> None:
        """Prepare the look-ups of a file.

        Args:
            layout: The file type's layout in the school year.
            tables: The state's reference data.
            focus: What the file is checked for; rules read it as `context(...)`.
            needed: The columns that are read afterwards; None for all.
            dates: Gathers what the dates say about the order of day and month.
            day_order: That order, where a first pass over the file has found it; None in the first
                pass.
        """
        self._layout = layout
        self._tables = tables
        self._focus = focus
        self._join = LookupJoin(layout, tables, focus.school_year, needed=needed, organization_id=focus.organization_id)
        self._dates = dates
        self._known_day_order = day_order
        self._applied_day_orders: set[DayOrder] = set()

    @property
    def day_order(self) -> DayOrder:
        """The order of the file's dates, by the slices so far."""
        return self._dates.order() if self._known_day_order is None else self._known_day_order

    @property
    def is_settled(self) -> bool:
        """Whether every slice was looked up with the order of dates that is known after the last
        slice."""
        return self._applied_day_orders <= {self.day_order}

    def of_students(self, slices: Iterator[ParsedSlice], *, is_refused: bool) -> Iterator[ParsedSlice]:
        """Return the slices for `look_up`.

        If rows name students, reading the reference data starts now. If the reference data locks
        students, all students of the file are locked before the first slice.
        """
        if not is_refused and student_column(self._layout):
            self._tables.expect_students(self._focus.school_year)
        return self._locked(slices)

    def _locked(self, slices: Iterator[ParsedSlice]) -> Iterator[ParsedSlice]:
        by = student_column(self._layout)
        if not by or not self._tables.is_locking:
            yield from slices
            return
        rows, issues, others = SpillBuffer(), SpillBuffer(), []
        for part in slices:
            digits = [part.rows[f"{by}:value"].alias("number"), short_numbers(part.rows, by=by)["number"]]
            numbers = (each.to_frame().select(student_numbers().number(pl.col("number"))) for each in digits)
            self._tables.note_students(pl.concat(numbers).to_series())
            rows.add(part.rows)
            issues.add(part.issues)
            others.append(replace(part, rows=part.rows.clear(), issues=NO_ISSUES))
        self._tables.lock_noted()
        for kept, found, part in zip(rows, issues, others, strict=True):
            yield replace(part, rows=kept, issues=found)

    def look_up(self, part: ParsedSlice) -> ParsedSlice:
        """Return a slice with the results of all look-ups for its rows."""
        self._dates.add(part.day_orders, part.days_seen)
        day_order = self.day_order  # counts all dates so far: once a slice
        self._applied_day_orders.add(day_order)
        context = [*_context(self._focus), *day_order_context(self._layout, day_order)]
        joined = self._join.join(part.rows)
        read = (each for each in part.repairs if each.orders not in day_order.questioned)
        repairs = [*read, *(change(*values) for values in joined.read_as)]
        rows = joined.rows.with_columns(context)
        return replace(part, rows=rows, repairs=repairs, stored_records=self._join.stored_records())

    def forget(self) -> None:
        """Forget what was looked up, after the last slice: of a million rows it is as much as all rows that are kept,
        and the rules across rows need the memory."""
        del self._join


def _context(focus: Focus) -> list[pl.Expr]:
    """Return the facts about the upload, which rules read as `context(...)`."""
    return [
        pl.lit(focus.school_year.first_day).alias("context.first_day"),
        pl.lit(focus.school_year.last_day).alias("context.last_day"),
        pl.lit(focus.organization_id, dtype=pl.Int32).alias("context.organization_id"),
        pl.lit(focus.organization_name).alias("context.organization_name"),
    ]


# Smallest number of rows checked at once; also the size of the first piece, before the rate of
# findings is known.
_MIN_ROWS_PER_PIECE = 10_000
# Rows per piece are chosen so that it will have about as many findings as this, at the rate of the
# piece before.
_MAX_FINDINGS_PER_PIECE = 450_000
# The first slice, which is twice as large as the others, has so many only where memory is short. Each slice has its
# price, so that smaller ones would take more time.
_MAX_FINDINGS_PER_SLICE = 1_000_000


class RowChecks:
    """Checks the rows of one file slice by slice, in the thread that calls `check`.

    `rows_kept` has the rows, by piece.
    `finds_much`: the last slice had so many findings that smaller slices would be better.
    """

    def __init__(
        self,
        layout: Layout,
        rules: RuleSet,
        *,
        keeps: Collection[str] | None,
        suggestions: SuggestionCollector,
        causes: CauseCollector,
    ) -> None:
        """Prepare the checks of a file.

        Args:
            layout: The file type's layout in the school year.
            rules: All rules that the file is checked by.
            keeps: The columns of the rows that are read afterwards; None for all.
            suggestions: Takes the values that something may be suggested for.
            causes: Takes the rows that break a rule.
        """
        self.row_count = 0
        self.finds_much = False
        self._found_in_slice = 0
        self.rows_kept = SpillBuffer()
        self._layout = layout
        self._rules = rules
        self._keeps = keeps
        self._findings = FindingCollector(layout, rules, suggestions=suggestions, causes=causes)
        self._repairs = Repairs()
        self._read_as_powers = PowerNotation(layout)
        self._rows_per_piece = _MIN_ROWS_PER_PIECE

    def check(self, part: ParsedSlice) -> "Iterator[CheckedRows]":
        """Check each row of a slice that was looked up, and yield the rows, piece by piece."""
        self._repairs.add(part.repairs)
        self._read_as_powers.note(part.rows)
        self._found_in_slice = 0
        for piece in self._pieces(part):
            yield self._check_piece(piece)
        self.finds_much = self._found_in_slice > _MAX_FINDINGS_PER_SLICE

    def _pieces(self, part: ParsedSlice) -> Iterator[ParsedSlice]:
        """Yield the slice in pieces that do not have too many findings, at the rate of the last
        piece."""
        begin, issues = 0, part.issues.sort(ROW, maintain_order=True)
        while begin == 0 or begin < part.rows.height:
            stored_records = part.stored_records if begin == 0 else None
            rows = part.rows.slice(begin, self._rows_per_piece)
            end = begin + rows.height
            begin += max(rows.height, 1)
            after = part.rows[ROW][begin] if begin < part.rows.height else None
            count = issues.height if after is None else _count_below(issues[ROW], after)
            untidy = {name: _between(at, end - rows.height, end) for name, at in part.untidy.items()}
            yield replace(part, rows=rows, issues=issues.head(count), untidy=untidy, stored_records=stored_records)
            issues = issues.slice(count)

    def _check_piece(self, piece: ParsedSlice) -> "CheckedRows":
        unreadable = self._unreadable(piece.issues)
        checked = CheckedRows(piece.rows, unreadable=unreadable)
        checked.stored_records = piece.stored_records
        checked.check_columns(self._rules.of_columns, untidy=piece.untidy)
        checked.check_rows(self._rules.of_rows)
        count = self._findings.add(checked.rows, checked.broken_rules, checked.broken, piece.issues)
        self.rows_kept.add(piece.rows.select(self._columns_kept(piece.rows)))
        self.row_count += piece.rows.height
        findings_per_row = count / max(piece.rows.height, 1)
        self._found_in_slice += count
        self._rows_per_piece = max(_MIN_ROWS_PER_PIECE, int(_MAX_FINDINGS_PER_PIECE / max(findings_per_row, 0.01)))
        return checked

    def _columns_kept(self, rows: pl.DataFrame) -> list[str]:
        if self._keeps is None:
            return [name for name in rows.columns if not name.startswith(known_column(""))]
        return [name for name in rows.columns if name in self._keeps]

    def _unreadable(self, issues: pl.DataFrame) -> pl.Series:
        """Return the rows that the reader has reported as an error."""
        codes, of_reader = issues["code"].unique(), self._rules.of_reader
        errors = [code for code in codes if of_reader[code].severity is Severity.ERROR]
        return issues.filter(pl.col("code").is_in(errors))[ROW]

    def end(self) -> NotedFindings:
        """Return the findings about each row by itself, by piece, when all slices are checked."""
        return self._findings.end()

    def rows(self, columns: Sequence[str]) -> pl.DataFrame:
        """Return these columns of all rows that were checked; they are among those that are kept."""
        return pl.concat([rows.select(columns) for rows in self.rows_kept])

    def repairs(self) -> Repairs:
        """Return what was repaired in the whole file, when all slices are checked."""
        self._repairs.add(self._read_as_powers.repairs())
        return self._repairs


def _count_below(numbers: pl.Series, bound: int) -> int:
    """Return how many of the numbers, which are in order, are lower than another."""
    return bisect_left(numbers, bound)  # a tenth of the time of `search_sorted`


def _between(positions: pl.Series, begin: int, end: int) -> pl.Series:
    """Return those of the positions, which are in order, that lie between two, counted from the first of these."""
    first, last = (_count_below(positions, bound) for bound in (begin, end))
    return positions.slice(first, last - first) - begin


class CheckedRows:
    """Some rows of a file, which of them break which rules, each by itself, and which have an error by now.

    `broken_rules` are to be reported. `stored_records` are those of their students, without the ones that came with
    earlier rows.
    """

    def __init__(self, rows: pl.DataFrame, *, unreadable: pl.Series) -> None:
        """Take looked-up rows.

        Args:
            rows: The rows.
            unreadable: Numbers of rows that the reader has reported as errors: no rule reports them.
        """
        self.rows = rows
        self.is_unreadable = rows.get_column(ROW).is_in(unreadable.implode())
        self.is_bad = self.is_unreadable
        self._no_row = pl.repeat(False, rows.height, eager=True)
        self.broken_rules: list[BrokenRule] = []
        self.stored_records: pl.DataFrame | None = None
        self._wrong_cells: dict[str, pl.Series] = {}
        self.broken: dict[str, pl.Series] = {}  # by the code of a rule about rows, reported or not
        self._odd: dict[str, pl.Series] = {}
        self._alike: dict[str, bool] = {}

    def check_columns(self, rules: Sequence[ColumnRule], *, untidy: Mapping[str, pl.Series]) -> None:
        """Report what is wrong with single cells; only the first issue of a cell is reported. `untidy` has the
        positions of cells that may not be clean, by column (see `Parsed`)."""
        asked = [rule for rule in rules if (rule.of_clean_cells or rule.column in untidy) and self._is_possible(rule)]
        of_any = [rule for rule in asked if rule.of_clean_cells and not rule.of_odd_cells]
        masks = dict(zip(of_any, self._masks(of_any), strict=True))
        of_few: dict[tuple[str, bool], list[ColumnRule]] = defaultdict(list)
        for rule in asked:
            if rule not in masks:
                of_few[rule.column, rule.of_odd_cells].append(rule)
        for (column, of_odd_cells), few in of_few.items():
            masks |= self._masks_of_few(few, self._odd_cells(column) if of_odd_cells else untidy[column])
        for rule in asked:
            if rule not in masks or not (mask := masks[rule]).any():
                continue
            before = self._wrong_cells.get(rule.column)
            broken = mask & ~self.is_unreadable if before is None else mask & ~self.is_unreadable & ~before
            if rule.severity is Severity.ERROR:
                self._wrong_cells[rule.column] = broken if before is None else before | broken
            self._report(rule, broken)

    def _is_possible(self, rule: ColumnRule) -> bool:
        return not rule.condition or (not self.rows.is_empty() and bool(self.rows[rule.condition][0]))

    def _masks(self, rules: Sequence[ColumnRule | RowRule]) -> Iterable[pl.Series]:
        """Return for each rule which rows break it."""
        if not rules:
            return []
        return self.rows.select(rule.broken().fill_null(False).alias(str(i)) for i, rule in enumerate(rules))

    def _masks_of_few(self, rules: Sequence[ColumnRule], positions: pl.Series) -> dict[ColumnRule, pl.Series]:
        """Return for each rule about some cells of a column that any of them breaks which rows do."""
        if positions.is_empty():
            return {}
        cells = self.rows.select(rules[0].column, f"{rules[0].column}:value")
        are_all = positions.len() == self.rows.height
        are_alike = are_all and self._are_alike(rules[0].column)
        if are_alike:
            cells = cells.head(1)
        elif not are_all:
            cells = cells.select(pl.all().gather(positions))
        broken = cells.select(rule.broken().fill_null(False).alias(str(i)) for i, rule in enumerate(rules))
        return {
            rule: ~self._no_row if are_alike else mask if are_all else self._at(positions.filter(mask))
            for rule, mask in zip(rules, broken, strict=True)
            if mask.any()
        }

    def _at(self, positions: pl.Series) -> pl.Series:
        """Return which rows stand at these positions."""
        return self._no_row.clone().scatter(positions, True)

    def _are_alike(self, column: str) -> bool:
        """Whether all cells of a column, of which none has a value, are the same: then one is asked about."""
        if column not in self._alike:
            texts, values = self.rows[column], self.rows[f"{column}:value"]
            self._alike[column] = values.null_count() == values.len() and are_alike(texts)
        return self._alike[column]

    def _odd_cells(self, column: str) -> pl.Series:
        """Return the positions of the cells of a column that are not blank and have no value."""
        if column not in self._odd:
            if self.rows[f"{column}:value"].null_count():
                is_odd = present(column) & value(column).is_null()
                self._odd[column] = self.rows.select(is_odd.fill_null(False).arg_true()).to_series()
            else:
                self._odd[column] = pl.Series(dtype=pl.UInt32)
        return self._odd[column]

    def check_rows(self, rules: Sequence[RowRule]) -> None:
        """Report what is wrong with each row by itself. A rule is silent if one of its cells is
        wrong."""
        alone = [rule for rule in rules if not isinstance(rule, FileRule)]
        broken = [mask & ~self._is_silent(rule) for rule, mask in zip(alone, self._masks(alone), strict=True)]
        for rule, mask in zip(alone, broken, strict=True):
            self.broken[rule.code] = mask | self.broken[rule.code] if rule.code in self.broken else mask
        for rule, mask in zip(alone, broken, strict=True):
            if mask.any():
                self._report(rule, mask & ~self._has_cause(rule))

    def is_suppressed(self, rule: FileRule) -> pl.Series:
        """Return the rows that the rule must not report, whatever the other rows are: one of its
        cells is wrong, or its finding would be a mere consequence."""
        return self._is_silent(rule) | self._has_cause(rule)

    @property
    def wrong_cells(self) -> dict[str, pl.Series]:
        """Which rows have an error in a cell, by column."""
        return self._wrong_cells

    def _is_silent(self, rule: RowRule) -> pl.Series:
        silent = self.is_unreadable
        for column in rule.columns:
            if column in self._wrong_cells:
                silent = silent | self._wrong_cells[column]
        return silent

    def _has_cause(self, rule: RowRule) -> pl.Series:
        has_cause = self._no_row
        for code in rule.suppressed_by:
            if code in self.broken:
                has_cause = has_cause | self.broken[code]
        return has_cause

    def _report(self, rule: ColumnRule | RowRule, broken: pl.Series) -> None:
        if not broken.any():
            return
        self.broken_rules.append((rule, broken))
        if rule.severity is Severity.ERROR:
            self.is_bad = self.is_bad | broken
