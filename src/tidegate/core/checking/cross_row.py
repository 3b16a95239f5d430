"""Checks the rows of a file against each other and against stored records."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import polars as pl

from tidegate.core.checking.cause_collector import CauseCollector
from tidegate.core.checking.compared_records import RowsOfPartition, as_texts, with_compared_records
from tidegate.core.checking.line_plan import LinePlan, PlanCandidate
from tidegate.core.checking.line_planner import LinePlanner
from tidegate.core.checking.stages import CheckedRows
from tidegate.core.frames.spill import SpilledPartitions
from tidegate.core.layouts.column_types import Digits
from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.lookups.lookup import student_column
from tidegate.core.reading.limits import NO_LIMITS, Limits
from tidegate.core.reference.folder import ReferenceData
from tidegate.core.rules.catalogue import causes_first
from tidegate.core.rules.expressions import AT, MAY_BE_ANOTHERS, POSITION, ROW, ROW_IS_BAD, before_column, hashes
from tidegate.core.rules.finding import findings_of
from tidegate.core.rules.resting_line_rule import FindResting, RestingLineRule
from tidegate.core.rules.rule import FileRule, RowRule, Severity

_ORDER = "order"
_BROKEN = "broken"
# Rows are left out only if no more than this share of them stays.
_MAX_SHARE_NARROWED_TO = 0.5


def suppressed_column(rule: FileRule) -> str:
    """Return the name of the column that is true where the rule must not report the row."""
    return f"muted:{rule.code}"


class ErrorPropagation:
    """The rules across rows over one partition: asked again until no further row turns bad (a fixed point).

    `found` has for each rule, by its code, the numbers of the rows that break it and the values for its message.
    `turned_bad` has the positions in the file (AT) of the rows that had no error by themselves.
    """

    def __init__(
        self,
        kept: pl.DataFrame,
        rules: Sequence[FileRule],
        layout: Layout,
        *,
        partition_by: Sequence[str],
        find_resting: FindResting | None = None,
        ended: pl.DataFrame | None = None,
    ) -> None:
        """Prepare one partition.

        Args:
            kept: Its rows, and its stored records, which have no row number. Both have the columns
                that the rules need, and the `suppressed_column` of each rule.
            rules: The rules across rows, in the order in which they are asked.
            layout: The layout of the school year.
            partition_by: Columns in which rows that can affect each other have equal values.
            find_resting: Finds the lines of other file types that rest on these.
            ended: The keys of stored records that end although no row has them, each with the row that changes it
                (AT) or null; as long as no row of their student has an error.
        """
        is_row = kept[ROW].is_not_null()
        self.rows = kept.filter(is_row)
        self.found: dict[str, list[pl.DataFrame]] = {rule.code: [] for rule in rules}
        self.turned_bad: list[pl.Series] = []
        self._records = kept.filter(~is_row).with_columns(pl.lit(False).alias(ROW_IS_BAD))
        self._rules, self._layout = rules, layout
        self._partition_columns = list(partition_by)
        self._key = list(layout.stored_records.key) if layout.stored_records else []
        self._student = layout.on_file.student if layout.on_file else ""
        self._ended = None if ended is None or ended.is_empty() else ended
        self.rows = self.rows.hstack(self._before())
        self._is_bad = self.rows[ROW_IS_BAD]
        self._together: pl.DataFrame | None = None
        self._replacing: pl.DataFrame | None = None  # which row would replace which record
        self._reported = {rule.code: self._none() for rule in rules}
        self._find_resting = find_resting

    def _none(self) -> pl.Series:
        return pl.repeat(False, self.rows.height, eager=True)

    def _before(self) -> list[pl.Series]:
        """Return for each row the columns of the stored record that it will replace, if a rule needs any."""
        asked = sorted({name for rule in self._rules for name in rule.before})
        if not asked:
            return []
        keys = self.rows.select(AT, *self._key).with_row_index(POSITION)
        if self._ended is not None:
            keys = keys.update(self._ended.drop_nulls(AT), on=AT)
        found = keys.join(self._records.select({*self._key, *asked}), on=self._key, how="inner")
        found = found.unique(POSITION)  # a folder may hold a record twice
        nothing = {name: pl.Series([None], dtype=self._records.schema[name]) for name in asked}
        return [
            none.new_from_index(0, self.rows.height).scatter(found[POSITION], found[name]).alias(before_column(name))
            for name, none in nothing.items()
        ]

    def propagate_errors(self) -> None:
        """Ask the rules again until no further row turns bad: a fixed point. A bad row is not loaded, and others may
        have counted on it. A rule that was asked after the last row turned bad has no new result."""
        asked: set[str] = set()
        while len(asked) < len(self._rules):
            before = self._is_bad
            for rule in self._rules:
                if rule.code in asked:
                    continue
                asked.add(rule.code)
                if self._turn_bad(rule, self._ask(rule)):
                    asked.clear()
            self._narrow_to(self._is_bad & ~before)

    def _turn_bad(self, rule: FileRule, broken: pl.Series) -> bool:
        """Mark the rows that break the rule, and return whether any of them turns bad by it."""
        self._reported[rule.code] |= broken
        turned = broken & ~self._is_bad
        if rule.severity is not Severity.ERROR or not turned.any():
            return False
        self.turned_bad.append(self.rows[AT].filter(turned))
        self._is_bad = self._is_bad | turned
        self._together = None  # no rule may count on a row that has just turned bad
        return True

    def _narrow_to(self, turned: pl.Series) -> None:
        """Keep only the rows that a row that has turned bad can affect, if they are few."""
        if not self._partition_columns or not turned.any():
            return
        groups = hashes(self.rows, self._partition_columns)
        affected = groups.filter(turned).unique().implode()
        is_affected = groups.is_in(affected)
        if int(is_affected.sum()) > _MAX_SHARE_NARROWED_TO * self.rows.height:
            return
        of_records = hashes(self._records, self._partition_columns)
        self.rows, self._records = self.rows.filter(is_affected), self._records.filter(of_records.is_in(affected))
        self._is_bad = self._is_bad.filter(is_affected)
        self._reported = {code: reported.filter(is_affected) for code, reported in self._reported.items()}
        self._together = self._replacing = None

    def _set_together(self) -> pl.DataFrame:
        """Return the numbered rows, and below them the stored records that no good row will replace."""
        if self._together is None:
            rows = self.rows.with_columns(self._is_bad.alias(ROW_IS_BAD)).with_row_index(_ORDER)
            both = rows if self._records.is_empty() else pl.concat([rows, self._staying()], how="diagonal")
            self._together = both.with_row_index(POSITION)
        return self._together

    def _staying(self) -> pl.DataFrame:
        """Return the records that no good row will replace; all of them if the layout has no key for that."""
        if not self._key:
            return self._records
        if self._replacing is None:
            rows, records = (each.select(self._key) for each in (self.rows, self._records))
            self._replacing = rows.with_row_index(_ORDER).join(records.with_row_index(POSITION), on=self._key)
        replaced = self._replacing.filter(~self._is_bad.gather(self._replacing[_ORDER]))[POSITION]
        staying = self._records.filter(pl.repeat(True, self._records.height, eager=True).scatter(replaced, False))
        if self._ended is None:
            return staying
        ended = self._ended.join(self.rows.filter(self._is_bad).select(self._student), on=self._student, how="anti")
        return staying.join(ended, on=self._key, how="anti", maintain_order="left")

    def _set_together_for(self, rule: FileRule) -> pl.DataFrame:
        """Return the rows and records without the errors of the rules that `rule` passes over."""
        together = self._set_together()
        if not any(self._reported[code].any() for code in rule.passes_over if code in self._reported):
            return together
        is_bad = self.rows[ROW_IS_BAD]
        for other in self._rules:
            if other.severity is Severity.ERROR and other.code not in rule.passes_over:
                is_bad = is_bad | self._reported[other.code]
        of_records = pl.repeat(False, together.height - is_bad.len(), eager=True)
        return together.with_columns(pl.concat([is_bad, of_records]).alias(ROW_IS_BAD))

    def _ask(self, rule: FileRule) -> pl.Series:
        """Return which rows newly break the rule, and keep their findings."""
        together = self._set_together_for(rule)
        rows = as_texts(together, self._layout) if rule.reads_text else together
        candidates = (
            rule.leaving(rows, self._find_resting) if isinstance(rule, RestingLineRule) else rule.prefilter(rows)
        )
        if candidates.is_empty():
            return self._none()
        message_values = [fact.alias(name) for name, fact in rule.message_values().items()]
        asked = candidates.select(_ORDER, ROW, rule.broken().fill_null(False).alias(_BROKEN), *message_values)
        asked = asked.filter(pl.col(_BROKEN) & pl.col(_ORDER).is_not_null())
        muted = self.rows[suppressed_column(rule)] | self._reported[rule.code]
        for code in rule.suppressed_by:
            muted = muted | self._reported.get(code, self._none())
        asked = asked.filter(~muted.gather(asked[_ORDER])).sort(_ORDER)
        if asked.is_empty():
            return self._none()
        self.found[rule.code].append(asked.drop(_ORDER, _BROKEN))
        return self._none().scatter(asked[_ORDER], True)


# The memory for the findings of one rule is that for the rows, divided by this.
_SHARE_PER_RULE = 4
# With the rows of partitions their students' lines on file are in memory.
_SHARE_WITH_RECORDS = 3
_OWN_COLUMNS = {ROW, ROW_IS_BAD, POSITION, MAY_BE_ANOTHERS}
_MADE_BY_A_RULE = re.compile(r"[A-Z]{3,4}[0-6][0-9]{2}\.")

FindOnFile = Callable[[pl.Series], Iterator[pl.DataFrame]]
"""Takes students, and yields the records of their groups, as rows name them, with UPLOAD, HAS_CHANGED and STAYS."""


class CrossRowChecker:
    """Checks the rows of a file by its FileRules, after all slices have been added.

    Rows that can affect each other have equal values in the columns that every rule names in `partition_by`. By these
    columns rows are put into partitions, which are checked one after the other.
    """

    def __init__(
        self,
        rules: Sequence[RowRule],
        layout: Layout,
        limits: Limits = NO_LIMITS,
        *,
        planner: LinePlanner | None = None,
    ) -> None:
        """Prepare the check.

        Args:
            rules: All rules about rows; those across rows are asked here.
            layout: The layout of the school year.
            limits: How much is kept in memory.
            planner: Plans what the rows do to the lines on file, once it is known which have an error.
        """
        self.rules = causes_first([rule for rule in rules if isinstance(rule, FileRule)])
        self.layout = layout
        self.is_bad = pl.Series(dtype=pl.Boolean)
        self._student_number = f"{student_column(layout)}:value"
        self._planner = planner
        self._partition_columns = self._find_partition_columns()
        self._kept = self._find_kept()
        self._categories = pl.Categories.random("across")
        self._partition_count = limits.partition_count
        self._rows = SpilledPartitions(memory_bytes=limits.kept_bytes)
        self._found = {
            rule.code: SpilledPartitions(memory_bytes=limits.kept_bytes // _SHARE_PER_RULE) for rule in self.rules
        }
        self._bad_by_slice: list[pl.Series] = []
        self._row_count = 0
        self._first_rows: list[int] = []

    def _find_partition_columns(self) -> list[str]:
        """Return the columns common to every rule's `partition_by` and to the key of the stored records. Without any
        the file is one partition."""
        shared = [set(rule.partition_by) for rule in self.rules]
        if self.layout.stored_records is not None:
            shared.append(set(self.layout.stored_records.key) & self.layout.stored_records.columns.keys())
        if self._planner is not None:  # all lines of a student are looked at together
            shared.append({self._planner.student})
        return sorted(set.intersection(*shared)) if shared else []

    def _find_kept(self) -> list[str]:
        """Return the columns of a row that the rules need."""
        kept: set[str] = set(self.layout.stored_records.columns if self.layout.stored_records else ())
        derived: set[str] = set()
        for rule in self.rules:
            kept.update(rule.expression_columns, rule.needs, rule.partition_by)
            derived.update(rule.derived_columns())
        if self._planner is not None:
            kept.add(self._planner.student)
        return sorted(derived | {name for name in kept - _OWN_COLUMNS if not _MADE_BY_A_RULE.match(name)})

    def add(self, checked: CheckedRows) -> None:
        """Add rows after each was checked by itself."""
        self._bad_by_slice.append(checked.is_bad)
        at, self._row_count = self._row_count, self._row_count + checked.is_bad.len()
        if not (self.rules or self._planner) or checked.rows.is_empty():
            return
        self._first_rows.append(int(checked.rows[ROW][0]))
        derived = {name: expression for rule in self.rules for name, expression in rule.derived_columns().items()}
        rows = checked.rows.with_columns(**derived) if derived else checked.rows
        kept = [self._compact(name, rows.schema[name]) for name in self._kept]
        muted = [checked.is_suppressed(rule).alias(suppressed_column(rule)) for rule in self.rules]
        numbered = pl.int_range(at, self._row_count, dtype=pl.UInt32).alias(AT)
        rows = rows.select(ROW, numbered, checked.is_bad.alias(ROW_IS_BAD), *kept).with_columns(muted)
        if self._planner is not None:
            rows = rows.hstack(self._planner.columns(checked.rows, checked.wrong_cells))
        stored = checked.stored_records
        if stored is not None and not stored.is_empty():
            records = stored.select(
                pl.col(name).cast(rows.schema[name]) for name in stored.columns if name in rows.columns
            )
            rows = pl.concat([rows, records], how="diagonal")
        self._rows.add(rows, self._partition_of(rows))

    def _compact(self, name: str, dtype: pl.DataType) -> pl.Expr:
        """Return the column in the smallest type that keeps its values distinct."""
        column = self.layout.columns.get(name.removesuffix(":value"))
        of = column.type if column and name.endswith(":value") else None
        if isinstance(of, Digits) and of.has_number and (of.has_one_length or name == self._student_number):
            return of.number(pl.col(name))
        return pl.col(name).cast(pl.Categorical(self._categories)) if dtype == pl.String else pl.col(name)

    def _partition_of(self, rows: pl.DataFrame) -> pl.Series:
        """Return the number of each row's partition. Rows with a null in one of the columns affect no other row, and
        are spread over all partitions."""
        if not self._partition_columns:
            return pl.repeat(0, rows.height, eager=True)
        partition_by = rows.select(pl.col(self._partition_columns).to_physical())
        is_known = partition_by.select(pl.all_horizontal(pl.all().is_not_null())).to_series()
        alone = rows[AT].fill_null(0).cast(pl.UInt64)
        return partition_by.hash_rows().zip_with(is_known, alone) % self._partition_count

    def check(
        self, causes: CauseCollector, on_file: FindOnFile | None = None, resting: FindResting | None = None
    ) -> None:
        """Check the rows across the file, partition by partition. `causes` takes the rows that break a rule, `on_file`
        finds the stored records of the layout's groups, and `resting` the lines that rest on those of students."""
        if not self._bad_by_slice:
            return
        self.is_bad = pl.concat(self._bad_by_slice, rechunk=True)
        self._bad_by_slice = []
        for kept in self._rows.together(share=_SHARE_WITH_RECORDS if on_file else 1):
            rows, records = kept.filter(pl.col(ROW).is_not_null()), None
            if on_file is not None and self.layout.on_file is not None:
                parts = list(on_file(rows[self.layout.on_file.student].unique().drop_nulls()))
                records = pl.concat(parts) if parts else None
            compared = RowsOfPartition(kept)
            if records is not None:
                candidate = PlanCandidate()
                if self._planner is not None:
                    candidate = self._planner.preview(rows, self.is_bad.gather(rows[AT]), records)
                compared = with_compared_records(
                    kept, records, candidate, layout=self.layout, rules=self.rules, planner=self._planner
                )
            if self.rules:
                self._ask_rules(causes, compared, resting)
            if self._planner is not None:
                self._planner.add(rows, self.is_bad.gather(rows[AT]), records)

    def plan(self, tables: ReferenceData, school_year: SchoolYear) -> LinePlan | None:
        """Return what the rows do to the lines on file, after the check; None where nobody asked."""
        return None if self._planner is None else self._planner.plan(self.is_bad.len(), tables, school_year)

    def _ask_rules(self, causes: CauseCollector, compared: RowsOfPartition, resting: FindResting | None) -> None:
        by = self._partition_columns
        propagation = ErrorPropagation(
            compared.rows, self.rules, self.layout, partition_by=by, find_resting=resting, ended=compared.ended
        )
        propagation.propagate_errors()
        for positions in propagation.turned_bad:
            self.is_bad = self.is_bad.scatter(positions, True)
        for rule in self.rules:
            for part in propagation.found[rule.code]:
                self.report(rule, part)
                causes.note(rule, part)
        causes.end_piece()

    def report(self, rule: FileRule, rows: pl.DataFrame) -> None:
        """Keep the findings of a rule: the numbers of rows (ROW) and the values for its message, by slice."""
        slices = pl.Series(self._first_rows, dtype=pl.UInt32).search_sorted(rows[ROW], side="right")
        self._found[rule.code].add(rows, slices)

    @property
    def has_findings(self) -> bool:
        """Whether there is any finding across rows."""
        return any(found.row_count for found in self._found.values())

    def severities(self) -> Counter[str]:
        """Return how many findings there are of each severity."""
        counts: Counter[str] = Counter()
        for rule in self.rules:
            counts[str(rule.severity)] += self._found[rule.code].row_count
        return counts

    def finding_count(self, rows: pl.DataFrame) -> int:
        """Return how many findings there are about the rows of one slice."""
        number = bisect_right(self._first_rows, rows[ROW][0] if rows.height else 0)
        return sum(found.partition(number).height for found in self._found.values())

    def findings(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Yield the findings about the rows of one slice; `rows` has the columns `shown`."""
        if rows.is_empty():
            return
        number = bisect_right(self._first_rows, rows[ROW][0])
        for rule in self.rules:
            here = self._found[rule.code].partition(number)
            if here.is_empty():
                continue
            message_values = {name: f"fact:{name}" for name in here.columns if name != ROW}
            breaking = rows.join(here.rename(message_values), on=ROW, how="inner", maintain_order="left")
            named = {name: pl.col(column) for name, column in message_values.items()}
            yield findings_of(rule, breaking, self.layout, column=rule.column, message_values=named)

    def shown(self) -> list[str]:
        """Return the columns of a row that the findings show."""
        identity = self.layout.identity
        names = {identity.sau_id, identity.school_id, identity.student_number}
        for rule in self.rules:
            names |= {rule.column, *(rule.named() - rule.message_values().keys())}
        return [ROW, *sorted(names - {""})]
