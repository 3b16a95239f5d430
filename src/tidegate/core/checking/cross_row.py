"""Checks rows across a file: of every row only the columns that such rules need are kept, as numbers."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import polars as pl

from tidegate.core.checking.stages import CheckedRows
from tidegate.core.frames.spill import SpilledPartitions
from tidegate.core.layouts.column_types import Digits
from tidegate.core.layouts.layout import Layout
from tidegate.core.reading.issue import NO_LIMITS, Limits
from tidegate.core.rules.expressions import AT, HAS_CHANGED, POSITION, ROW, ROW_IS_BAD, before_column, hashes
from tidegate.core.rules.finding import findings_of
from tidegate.core.rules.rule import FileRule, RowRule, Severity

_ORDER = "order"
_BROKEN = "broken"
_MAX_SHARE_NARROWED_TO = 0.5
"""Rows are left out only where at most this share of them stays."""


def suppressed_column(rule: FileRule) -> str:
    """Return the column that says of which rows the rule has nothing to say."""
    return f"muted:{rule.code}"


class ErrorPropagation:
    """The rules across rows over one partition: asked again until no further row turns bad (a fixed point).

    `found` has for each rule, by its code, the numbers of the rows that break it and the values for its message.
    `turned_bad` has the positions in the file (AT) of the rows that had no error by themselves.
    """

    def __init__(
        self, kept: pl.DataFrame, rules: Sequence[FileRule], layout: Layout, *, partition_by: Sequence[str]
    ) -> None:
        """Take the rows and the records, which have no row number. Both have the columns that the rules look at, and
        `suppressed_column` each rule. Rows that affect each other have equal values in the columns `partition_by`."""
        is_row = kept[ROW].is_not_null()
        self.rows = kept.filter(is_row)
        self.found: dict[str, list[pl.DataFrame]] = {rule.code: [] for rule in rules}
        self.turned_bad: list[pl.Series] = []
        self._records = kept.filter(~is_row).with_columns(pl.lit(False).alias(ROW_IS_BAD))
        self._rules = rules
        self._partition_columns = list(partition_by)
        self._key = list(layout.beside.key) if layout.beside else []
        self.rows = self.rows.hstack(self._before())
        self._is_bad = self.rows[ROW_IS_BAD]
        self._together: pl.DataFrame | None = None
        self._reported = {rule.code: self._none() for rule in rules}

    def _none(self) -> pl.Series:
        return pl.repeat(False, self.rows.height, eager=True)

    def _before(self) -> list[pl.Series]:
        """Return for each row what the stored record says whose place it will take, as far as a rule asks for it."""
        asked = sorted({name for rule in self._rules for name in rule.before})
        if not asked:
            return []
        keys = self.rows.select(self._key).with_row_index(POSITION)
        found = keys.join(self._records.select({*self._key, *asked}), on=self._key, how="inner")
        found = found.unique(POSITION)  # a folder may hold a record twice
        nothing = {name: pl.Series([None], dtype=self._records.schema[name]) for name in asked}
        return [
            none.new_from_index(0, self.rows.height).scatter(found[POSITION], found[name]).alias(before_column(name))
            for name, none in nothing.items()
        ]

    def propagate_errors(self) -> None:
        """Ask the rules again until no further row turns bad, since a bad row is not loaded and others may have counted
        on it. A rule that was asked since the last row turned bad would say nothing new."""
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
        """Return whether rows turn bad, since they break the rule."""
        self._reported[rule.code] |= broken
        turned = broken & ~self._is_bad
        if rule.severity is not Severity.ERROR or not turned.any():
            return False
        self.turned_bad.append(self.rows[AT].filter(turned))
        self._is_bad = self._is_bad | turned
        self._together = None  # no rule must count on a row that has just turned bad
        return True

    def _narrow_to(self, turned: pl.Series) -> None:
        """Go on with those rows alone that are looked at together with one that has turned bad, if they are few."""
        if not self._partition_columns or not turned.any():
            return
        groups = hashes(self.rows, self._partition_columns)
        concerned = groups.filter(turned).unique().implode()
        is_concerned = groups.is_in(concerned)
        if int(is_concerned.sum()) > _MAX_SHARE_NARROWED_TO * self.rows.height:
            return
        of_records = hashes(self._records, self._partition_columns)
        self.rows, self._records = self.rows.filter(is_concerned), self._records.filter(of_records.is_in(concerned))
        self._is_bad = self._is_bad.filter(is_concerned)
        self._reported = {code: reported.filter(is_concerned) for code, reported in self._reported.items()}
        self._together = None

    def _set_together(self) -> pl.DataFrame:
        """Return the rows, numbered, with the stored records beside them whose place no good row will take."""
        if self._together is not None:
            return self._together
        rows = self.rows.with_columns(self._is_bad.alias(ROW_IS_BAD)).with_row_index(_ORDER)
        if not self._records.is_empty():
            rows = pl.concat([rows, self._staying()], how="diagonal")
        self._together = rows.with_row_index(POSITION)
        return self._together

    def _staying(self) -> pl.DataFrame:
        """Return the records whose place no good row will take; all, where it is not said whose place a row takes."""
        if not self._key:
            return self._records
        good = self.rows.select(self._key).filter(~self._is_bad)
        return self._records.join(good, on=self._key, how="anti", maintain_order="left")

    def _set_together_for(self, rule: FileRule) -> pl.DataFrame:
        """Return the rows and records as the rule sees them: without the errors of the rules that it passes over."""
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
        """Return which rows break the rule that had not broken it before, and keep their findings."""
        concerned = rule.prefilter(self._set_together_for(rule))
        if concerned.is_empty():
            return self._none()
        message_values = [fact.alias(name) for name, fact in rule.message_values().items()]
        asked = concerned.select(_ORDER, ROW, rule.broken().fill_null(False).alias(_BROKEN), *message_values)
        asked = asked.filter(pl.col(_BROKEN) & pl.col(_ORDER).is_not_null())
        muted = self.rows[suppressed_column(rule)] | self._reported[rule.code]
        for code in rule.suppressed_by:
            muted = muted | self._reported.get(code, self._none())
        asked = asked.filter(~muted.gather(asked[_ORDER])).sort(_ORDER)
        if asked.is_empty():
            return self._none()
        self.found[rule.code].append(asked.drop(_ORDER, _BROKEN))
        return self._none().scatter(asked[_ORDER], True)


_LONGEST_NUMBER = 9
_SHARE_PER_RULE = 4
"""The findings of one rule may take this part of the memory that the rows may."""
_OF_US = {ROW, ROW_IS_BAD, POSITION}
_MADE_BY_A_RULE = re.compile(r"[A-Z]{3,4}[0-6][0-9]{2}\.")


FindOnFile = Callable[[pl.Series], Iterator[pl.DataFrame]]
"""Takes students, and yields what is on file of their groups, under the rows' names and with UPLOAD and HAS_CHANGED."""


class CrossRowChecker:
    """Checks the rows of a file by its FileRules, after all slices have been added.

    Rows that can affect each other have equal values in the columns that every rule names in `partition_by`. By these
    they are put into partitions, which are checked one after the other.
    """

    def __init__(self, rules: Sequence[RowRule], layout: Layout, limits: Limits = NO_LIMITS) -> None:
        self.rules = _causes_first([rule for rule in rules if isinstance(rule, FileRule)])
        self.layout = layout
        self.is_bad = pl.Series(dtype=pl.Boolean)
        self._partition_columns = self._find_partition_columns()
        self._kept = self._find_kept()
        self._categories = pl.Categories.random("across")
        self._bucket_count = limits.bucket_count
        self._rows = SpilledPartitions(memory_bytes=limits.kept_bytes)
        self._found = {
            rule.code: SpilledPartitions(memory_bytes=limits.kept_bytes // _SHARE_PER_RULE) for rule in self.rules
        }
        self._bad_by_slice: list[pl.Series] = []
        self._row_count = 0
        self._first_rows: list[int] = []

    def _find_partition_columns(self) -> list[str]:
        """Return the columns common to every rule's `partition_by` and to the key of the stored records. None: the file
        is one partition."""
        shared = [set(rule.partition_by) for rule in self.rules]
        if self.layout.beside is not None:
            shared.append(set(self.layout.beside.key) & self.layout.beside.columns.keys())
        return sorted(set.intersection(*shared)) if shared else []

    def _find_kept(self) -> list[str]:
        """Return the columns of a row that the rules look at."""
        kept: set[str] = set(self.layout.beside.columns if self.layout.beside else ())
        derived: set[str] = set()
        for rule in self.rules:
            kept.update(rule.expression_columns(), rule.needs, rule.partition_by)
            derived.update(rule.derived_columns())
        return sorted(derived | {name for name in kept - _OF_US if not _MADE_BY_A_RULE.match(name)})

    def add(self, checked: CheckedRows) -> None:
        """Add rows that were checked by themselves."""
        self._bad_by_slice.append(checked.is_bad)
        at, self._row_count = self._row_count, self._row_count + checked.is_bad.len()
        if not self.rules or checked.rows.is_empty():
            return
        self._first_rows.append(int(checked.rows[ROW][0]))
        derived = {name: expression for rule in self.rules for name, expression in rule.derived_columns().items()}
        rows = checked.rows.with_columns(**derived) if derived else checked.rows
        kept = [self._compact(name, rows.schema[name]) for name in self._kept]
        muted = [checked.is_suppressed(rule).alias(suppressed_column(rule)) for rule in self.rules]
        numbered = pl.int_range(at, self._row_count, dtype=pl.UInt32).alias(AT)
        rows = rows.select(ROW, numbered, checked.is_bad.alias(ROW_IS_BAD), *kept).with_columns(muted)
        beside = checked.stored_records
        if beside is not None and not beside.is_empty():
            records = beside.select(
                pl.col(name).cast(rows.schema[name]) for name in beside.columns if name in rows.columns
            )
            rows = pl.concat([rows, records], how="diagonal")
        self._rows.add(rows, self._partition_of(rows))

    def _compact(self, name: str, kind: pl.DataType) -> pl.Expr:
        """Return the column in as few bytes as its values can be told apart by."""
        column = self.layout.columns.get(name.removesuffix(":value"))
        of = column.type if column and name.endswith(":value") else None
        if isinstance(of, Digits) and of.min_length == of.max_length <= _LONGEST_NUMBER:
            return pl.col(name).cast(pl.UInt32)
        return pl.col(name).cast(pl.Categorical(self._categories)) if kind == pl.String else pl.col(name)

    def _partition_of(self, rows: pl.DataFrame) -> pl.Series:
        """Return the number of each row's partition. Rows with a null in one of the columns are spread over all: they
        affect nobody."""
        if not self._partition_columns:
            return pl.repeat(0, rows.height, eager=True)
        partition_by = rows.select(pl.col(self._partition_columns).to_physical())
        is_known = partition_by.select(pl.all_horizontal(pl.all().is_not_null())).to_series()
        alone = rows[AT].fill_null(0).cast(pl.UInt64)
        return partition_by.hash_rows().zip_with(is_known, alone) % self._bucket_count

    def check(self, on_file: FindOnFile | None = None) -> None:
        """Find what is wrong between rows, partition by partition: no row of one affects another. `on_file` finds what
        is stored of the layout's groups."""
        if not self._bad_by_slice:
            return
        self.is_bad = pl.concat(self._bad_by_slice, rechunk=True)
        self._bad_by_slice = []
        propagations = (self._propagation(self._with_more_on_file(kept, on_file)) for kept in self._rows.together())
        for propagation in propagations:  # nothing else holds the rows meanwhile
            propagation.propagate_errors()
            for positions in propagation.turned_bad:
                self.is_bad = self.is_bad.scatter(positions, True)
            for code, parts in propagation.found.items():
                for part in parts:
                    self._found[code].add(part, self._slice_of(part))

    def _with_more_on_file(self, kept: pl.DataFrame, on_file: FindOnFile | None) -> pl.DataFrame:
        """Return rows with the stored records of each group that has more of these than rows, or has changed."""
        if on_file is None or self.layout.on_file is None:
            return kept
        group = list(self.layout.group)
        counted: pl.DataFrame | None = None
        found = [kept]
        for part in on_file(kept[self.layout.on_file.student].unique().drop_nulls()):
            if counted is None:
                rows = kept.lazy().filter(pl.col(ROW).is_not_null()).drop_nulls(group)
                counted = rows.group_by(group).agg(pl.len().alias("in_file")).collect()
            records = self._shaped_as(kept, part).join(counted, on=group, how="inner")
            is_more = (pl.len().over(group) > pl.col("in_file")) | pl.col(HAS_CHANGED)
            found.append(records.filter(is_more).drop("in_file"))
        return pl.concat(found, how="diagonal") if any(not more.is_empty() for more in found[1:]) else kept

    def _shaped_as(self, kept: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
        """Return records with what the rules know of each, and the types that rows have."""
        derived = {name: expression for rule in self.rules for name, expression in rule.derived_columns().items()}
        has = set(records.columns)
        known = {name: each for name, each in derived.items() if has.issuperset(each.meta.root_names())}
        records = records.with_columns(**known)
        return records.cast({name: kept.schema[name] for name in records.columns if name in kept.columns})

    def _propagation(self, kept: pl.DataFrame) -> ErrorPropagation:
        return ErrorPropagation(kept, self.rules, self.layout, partition_by=self._partition_columns)

    def _slice_of(self, rows: pl.DataFrame) -> pl.Series:
        """Return in which slice each row stands."""
        return pl.Series(self._first_rows, dtype=pl.UInt32).search_sorted(rows[ROW], side="right")

    @property
    def has_findings(self) -> bool:
        """Whether anything is wrong between rows."""
        return any(found.row_count for found in self._found.values())

    def severities(self) -> Counter[str]:
        """Return how many findings there are of each severity."""
        counts: Counter[str] = Counter()
        for rule in self.rules:
            counts[str(rule.severity)] += self._found[rule.code].row_count
        return counts

    def findings(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Yield the findings about these rows, which are those of one slice and have the columns `shown`."""
        if rows.is_empty():
            return
        number = bisect_right(self._first_rows, rows[ROW][0])
        for rule in self.rules:
            here = self._found[rule.code].bucket(number)
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


def _causes_first(rules: Sequence[FileRule]) -> list[FileRule]:
    """Return the rules in their order, but each after those whose findings make its own a mere consequence."""
    waiting, ordered = list(rules), list[FileRule]()
    while waiting:
        left = {rule.code for rule in waiting}
        # No more is moved than must be: a rule may count on what the rules before it have refused.
        free = next((rule for rule in waiting if left.isdisjoint(rule.suppressed_by)), waiting[0])
        ordered.append(free)
        waiting.remove(free)
    return ordered
