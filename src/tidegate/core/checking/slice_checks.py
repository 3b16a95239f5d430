"""Judges the slices of a file one after the other, and then their rows in the light of each other."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import polars as pl

from tidegate.core.checking.check_result import CheckResult, in_log_order
from tidegate.core.checking.cross_row import CrossRowChecker
from tidegate.core.checking.focus import Focus
from tidegate.core.checking.parsed_slices import ParsedSlice
from tidegate.core.checking.records_on_file import RecordsOnFile
from tidegate.core.checking.row_checks import RowChecks
from tidegate.core.checking.suggestion_collector import SuggestionCollector
from tidegate.core.frames.spill import SpillBuffer
from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.lookup_settings import CodeLookup, SchoolLookup
from tidegate.core.lookups.join import LookupJoin
from tidegate.core.lookups.lost_zeros import restore_lost_zeros
from tidegate.core.parsing.day_order import DayOrder, DayOrderEvidence, day_order_context
from tidegate.core.parsing.read_as_powers import ReadAsPowers
from tidegate.core.parsing.repairs import Repair, Repairs, change
from tidegate.core.reading.issue import ReadingIssue
from tidegate.core.reading.limits import NO_LIMITS, Limits
from tidegate.core.reference.tables import ReferenceData
from tidegate.core.rules.catalogue import column_rules, lookup_rules, reading_rules, row_rules
from tidegate.core.rules.expressions import ROW
from tidegate.core.rules.finding import findings_of_issues, findings_of_row_issues
from tidegate.core.rules.rule import RowRule, Severity

_FEWEST_ROWS = 10_000
"""So many rows of a slice are judged at once at least, and of the first one at first."""
_MOST_FINDINGS = 100_000
"""So many findings are made at once, as far as the rows before tell how many a row has."""
_MUCH = 0.5
"""With so many findings a row, they need more memory than the rows."""


class SliceChecks:
    """Judges the slices of one file: `look_up` and `judge` each, in order, then `finish`. `row_count` says how many
    rows were judged, `noted` has what was found about each by itself, and `finds_much` says whether the last of them
    had many findings."""

    def __init__(
        self,
        layout: Layout,
        rules: Sequence[RowRule],
        *,
        focus: Focus,
        tables: ReferenceData,
        keeps: Collection[str] | None,
        dates: DayOrderEvidence,
        limits: Limits = NO_LIMITS,
        day_order: DayOrder | None = None,
    ) -> None:
        """`day_order` is the order of the file's dates, where it is known; without it `dates` gather what they tell."""
        self.layout = layout
        self.focus = focus
        self.tables = tables
        self.keeps = keeps
        self.row_count = 0
        self._rules = [*lookup_rules(layout), *row_rules(layout), *rules]
        self._column_rules = column_rules(layout)
        self._reading_rules = reading_rules()
        asked = set().union(*(rule.is_row_rule() for rule in self._rules))
        wanted = None if keeps is None else {*asked, *keeps, *layout.group}
        self._join = LookupJoin(layout, tables, focus.school_year, wanted=wanted)
        self._across = CrossRowChecker(self._rules, layout, limits)
        self._doubts = SuggestionCollector(layout, tables, focus.school_year)
        self._changes = Repairs()
        self.noted, self._rows = SpillBuffer(), SpillBuffer()
        self._severities: Counter[str] = Counter()
        self._rows_at_once = _FEWEST_ROWS
        self._read_as_powers = ReadAsPowers(layout)
        self._dates = dates
        self._known_day_order = day_order
        self._judged_by: set[DayOrder] = set()
        self.finds_much = False

    @property
    def day_order(self) -> DayOrder:
        """The order of the file's dates, as far as that is known."""
        return self._dates.order() if self._known_day_order is None else self._known_day_order

    @property
    def is_settled(self) -> bool:
        """Whether every slice was judged by what all of them say of the order of dates."""
        return self._judged_by <= {self.day_order}

    def look_up(self, part: ParsedSlice) -> ParsedSlice:
        """Return a slice with everything that is stored about its rows."""
        rows, restored = restore_lost_zeros(part.rows, self.layout, self.tables, self.focus.school_year)
        self._dates.add(part.day_orders)
        self._judged_by.add(self.day_order)
        context = [*_context(self.focus), *day_order_context(self.layout, self.day_order)]
        rows = self._join.join(rows).with_columns(context)
        mended = [change("CELL120", column, numbers) for column, numbers in restored.items()]
        read = (each for each in part.changes if each.orders not in self.day_order.questioned)
        changes = [*read, *mended, *_read_otherwise(rows, self.layout)]
        return replace(part, rows=rows, changes=changes, beside=self._join.beside())

    def judge(self, part: ParsedSlice) -> None:
        """Judge each row of a slice by itself, after `look_up`."""
        self._changes.add(part.changes)
        self._read_as_powers.note(part.rows)
        for piece in self._pieces(part):
            self._judge(piece)

    def _pieces(self, part: ParsedSlice) -> Iterator[ParsedSlice]:
        """Yield the slice in pieces that will not have too many findings, as far as those before can tell."""
        begin, faults = 0, part.faults.sort(ROW, maintain_order=True)
        while begin == 0 or begin < part.rows.height:
            beside = part.beside if begin == 0 else None
            rows = part.rows.slice(begin, self._rows_at_once)
            begin += max(rows.height, 1)
            after = part.rows[ROW][begin] if begin < part.rows.height else None
            count = faults.height if after is None else int(faults["row"].search_sorted(after))
            yield replace(part, rows=rows, faults=faults.head(count), beside=beside)
            faults = faults.slice(count)

    def _judge(self, part: ParsedSlice) -> None:
        rows = part.rows
        judgement = RowChecks(rows, self.layout, unreadable=self._unreadable(part.faults))
        judgement.check_columns(self._column_rules, is_clean=part.is_clean)
        judgement.check_rows(self._rules)
        self._across.add(judgement, part.beside)
        found = [findings_of_row_issues(part.faults, self._reading_rules, rows, self.layout), *judgement.found]
        findings = pl.concat(found)
        self._severities.update(dict(findings["severity"].value_counts().iter_rows()))
        self.noted.add(self._doubts.note(findings, rows))
        self._rows.add(rows.select(self._kept(rows)))
        self.row_count += rows.height
        a_row = findings.height / max(rows.height, 1)
        self.finds_much = a_row > _MUCH
        self._rows_at_once = max(_FEWEST_ROWS, int(_MOST_FINDINGS / max(a_row, 0.01)))

    def _kept(self, rows: pl.DataFrame) -> list[str]:
        if self.keeps is None:
            return rows.columns
        wanted = {*self.keeps, *self._across.shown()}
        return [name for name in rows.columns if name in wanted]

    def _unreadable(self, faults: pl.DataFrame) -> pl.Series:
        """Return the rows of which the reader has said enough."""
        errors = [code for code, rule in self._reading_rules.items() if rule.severity is Severity.ERROR]
        return faults.filter(pl.col("code").is_in(errors))[ROW]

    def rows(self, columns: Sequence[str]) -> pl.DataFrame:
        """Return these columns of all rows that were judged; they are among those that are kept."""
        return pl.concat([rows.select(columns) for rows in self._rows])

    def finish(self, faults: list[ReadingIssue], on_file: RecordsOnFile | None) -> CheckResult:
        """Judge the rows in the light of each other and of what is on file of their groups, where that is known, and
        return everything that was found. `faults` are those of the file and its header."""
        self._across.judge(None if on_file is None else on_file.of)
        self._changes.add(self._read_as_powers.changes())
        of_file = [*faults, *self._changes.notices()]
        found = findings_of_issues(of_file, self._reading_rules)
        self._severities.update(found["severity"])
        self._severities.update(self._across.severities())
        return CheckResult(
            self.layout,
            in_log_order(found, self.layout),
            self._across,
            noted=self.noted,
            rows_kept=self._rows,
            answers=self._doubts.answers(),
            severities=self._severities,
            loaded_before=None if on_file is None else on_file.still_on_file(),
        )


def _context(focus: Focus) -> list[pl.Expr]:
    """Return the facts of the upload, which rules speak of as `context(...)`."""
    return [
        pl.lit(focus.school_year.first_day).alias("context.first_day"),
        pl.lit(focus.school_year.last_day).alias("context.last_day"),
        pl.lit(focus.organization_id, dtype=pl.Int32).alias("context.organization_id"),
        pl.lit(focus.organization_name).alias("context.organization_name"),
    ]


def _read_otherwise(rows: pl.DataFrame, layout: Layout) -> list[Repair]:
    """Return the changes of the columns whose look-up has read an ID or a code with other zeros than it is written."""
    changes = []
    for name, find in layout.stored.items():
        if isinstance(find, SchoolLookup):
            read = rows.lazy().filter(pl.col(f"{name}.read_as").is_not_null())
            found = read.select(pl.col(f"{find.by}:value"), pl.col(f"{name}.read_as").alias("meant")).collect()
        elif isinstance(find, CodeLookup):
            read = rows.lazy().filter(pl.col(f"{name}.mended"))
            found = read.select(pl.col(f"{find.by}:value"), pl.col(f"{name}.code").alias("meant")).collect()
        else:
            continue
        has_more = found[f"{find.by}:value"].str.len_chars() > found["meant"].str.len_chars()
        by_code = {"CELL117": found["meant"].filter(has_more), "CELL120": found["meant"].filter(~has_more)}
        changes += [change(code, find.by, meant) for code, meant in by_code.items() if not meant.is_empty()]
    return changes
