"""Checks rows across a file: of every row only the columns that such rules need are kept, as numbers."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import polars as pl

from tidegate.core.checking.fixpoint import ErrorPropagation, suppressed_column
from tidegate.core.checking.row_checks import CheckedRows
from tidegate.core.frames.spill import SpilledPartitions
from tidegate.core.layouts.column_types import Digits
from tidegate.core.layouts.layout import Layout, OnFile
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reading.issue import NO_LIMITS, Limits
from tidegate.core.reference.cte_records import CteRecords
from tidegate.core.reference.source import ReferenceData
from tidegate.core.rules.expressions import AT, HAS_CHANGED, POSITION, ROW, ROW_IS_BAD, UPLOAD
from tidegate.core.rules.finding import findings_of
from tidegate.core.rules.rule import FileRule, RowRule

_MOST_AT_ONCE = 50_000
"""The records of so many students are asked for at once. Few of them are kept."""
_ORDINAL = "ordinal"

FindLoadedBefore = Callable[[pl.DataFrame], pl.DataFrame | None]
"""Takes the rows of a fix file, and returns what the upload that it corrects has loaded in their groups; None where
there is no such upload."""


def without_equals(rows: pl.DataFrame, others: pl.DataFrame, *, on: Sequence[str]) -> pl.DataFrame:
    """Return `rows` without one equal row for each of `others`; rows are equal that agree in the columns `on`."""
    content = [*on, _ORDINAL]
    number = pl.int_range(pl.len()).over(*on).alias(_ORDINAL)
    rows, others = rows.with_columns(number), others.select(*on, number)
    return rows.join(others, on=content, how="anti", nulls_equal=True, maintain_order="left").drop(_ORDINAL)


class RecordsOnFile:
    """The stored records of a file's groups.

    A fix file is judged together with what it corrects. What the corrected upload has loaded of a group is therefore
    left out. Where it is not on file any more, the group has changed since: then all of the group's records are given.
    """

    def __init__(
        self,
        layout: Layout,
        on_file: OnFile,
        *,
        tables: ReferenceData,
        school_year: SchoolYear,
        before: pl.DataFrame | None = None,
    ) -> None:
        """Take the rows that were loaded before, with the layout's values and look-ups. Most files have none."""
        self._on_file = on_file
        self._group = list(layout.group)
        self._tables = tables
        self._school_year = school_year
        self._rows_before = before
        self._before = None if before is None else before.select(map(self._as_stored, on_file.columns))
        self._changed: list[pl.DataFrame] = []

    def _as_stored(self, name: str) -> pl.Expr:
        """Return a column with the values that a record has; a blank text is an empty one."""
        kind = CteRecords.schema[self._on_file.columns[name]]
        column = pl.col(name).cast(kind)
        return column.fill_null("") if kind == pl.String else column

    def of(self, students: pl.Series) -> Iterator[pl.DataFrame]:
        """Yield the records of these students under the rows' names, with UPLOAD and HAS_CHANGED. Each part has all
        records of its students."""
        names = {stored: name for name, stored in self._on_file.columns.items()} | {"upload_id": UPLOAD}
        for some in students.sort().to_frame().iter_slices(_MOST_AT_ONCE):
            # a file has fewer lines only where there are several, but what is corrected may be a single one
            only_several = self._before is None
            records = self._tables.cte_records(some.to_series(), self._school_year, only_several=only_several)
            records = records.rename(names)
            if not records.is_empty():
                yield self._without_those_before(records)

    def _without_those_before(self, records: pl.DataFrame) -> pl.DataFrame:
        if self._before is None:
            return records.with_columns(pl.lit(False).alias(HAS_CHANGED))
        content = list(self._on_file.columns)
        before = self._before.join(records, on=self._on_file.student, how="semi")
        changed = without_equals(before, records, on=content).select(self._group).unique()
        self._changed.append(changed)
        of_changed = records.join(changed, on=self._group, how="semi")
        others = without_equals(records.join(changed, on=self._group, how="anti"), before, on=content)
        return pl.concat(
            [
                of_changed.with_columns(pl.lit(True).alias(HAS_CHANGED)),
                others.with_columns(pl.lit(False).alias(HAS_CHANGED)),
            ]
        )

    def still_on_file(self) -> pl.DataFrame | None:
        """Return the rows that were loaded before and whose group has not changed since, after `of` all students."""
        if self._before is None or self._rows_before is None:
            return None
        changed = pl.concat([self._before.select(self._group).clear(), *self._changed])
        staying = self._before.with_row_index().join(changed, on=self._group, how="anti")
        return self._rows_before.select(pl.all().gather(staying["index"].sort()))


_LONGEST_NUMBER = 9
_OF_A_RULE = 4
"""What is to be told for one rule waits in this part of the memory that rows wait in."""
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
        self._among = self._find_among()
        self._kept = self._find_kept()
        self._categories = pl.Categories.random("across")
        self._bucket_count = limits.bucket_count
        self._rows = SpilledPartitions(memory_bytes=limits.kept_bytes)
        self._found = {
            rule.code: SpilledPartitions(memory_bytes=limits.kept_bytes // _OF_A_RULE) for rule in self.rules
        }
        self._bad_by_slice: list[pl.Series] = []
        self._row_count = 0
        self._first_rows: list[int] = []

    def _find_among(self) -> list[str]:
        """Return the columns in which all rows agree that any rule looks at together, and the record that a row will
        take the place of; none where the rules have none in common, so that all rows are judged at once."""
        shared = [set(rule.partition_by) for rule in self.rules]
        if self.layout.beside is not None:
            shared.append(set(self.layout.beside.key) & self.layout.beside.columns.keys())
        return sorted(set.intersection(*shared)) if shared else []

    def _find_kept(self) -> list[str]:
        """Return the columns of a row that the rules look at."""
        kept: set[str] = set(self.layout.beside.columns if self.layout.beside else ())
        told: set[str] = set()
        for rule in self.rules:
            kept.update(rule.expression_columns(), rule.needs, rule.partition_by)
            told.update(rule.derived_columns())
        return sorted(told | {name for name in kept - _OF_US if not _MADE_BY_A_RULE.match(name)})

    def add(self, checked: CheckedRows) -> None:
        """Add rows that were checked by themselves."""
        self._bad_by_slice.append(checked.is_bad)
        at, self._row_count = self._row_count, self._row_count + checked.is_bad.len()
        if not self.rules or checked.rows.is_empty():
            return
        self._first_rows.append(int(checked.rows[ROW][0]))
        told = {name: expression for rule in self.rules for name, expression in rule.derived_columns().items()}
        rows = checked.rows.with_columns(**told) if told else checked.rows
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
        self._rows.add(rows, self._bucket_of(rows))

    def _compact(self, name: str, kind: pl.DataType) -> pl.Expr:
        """Return the column in as few bytes as its values can be told apart by."""
        column = self.layout.columns.get(name.removesuffix(":value"))
        of = column.type if column and name.endswith(":value") else None
        if isinstance(of, Digits) and of.min_length == of.max_length <= _LONGEST_NUMBER:
            return pl.col(name).cast(pl.UInt32)
        return pl.col(name).cast(pl.Categorical(self._categories)) if kind == pl.String else pl.col(name)

    def _bucket_of(self, rows: pl.DataFrame) -> pl.Series:
        """Return the number of each row's bucket. Rows that lack what they would have in common are spread, since they
        have it in common with nobody."""
        if not self._among:
            return pl.repeat(0, rows.height, eager=True)
        partition_by = rows.select(pl.col(self._among).to_physical())
        is_known = partition_by.select(pl.all_horizontal(pl.all().is_not_null())).to_series()
        alone = rows[AT].fill_null(0).cast(pl.UInt64)
        return partition_by.hash_rows().zip_with(is_known, alone) % self._bucket_count

    def check(self, on_file: FindOnFile | None = None) -> None:
        """Find what is wrong between rows, bucket by bucket: no row of one has a say in another. `on_file` tells what
        is stored of the layout's groups."""
        if not self._bad_by_slice:
            return
        self.is_bad = pl.concat(self._bad_by_slice, rechunk=True)
        self._bad_by_slice = []
        propagations = (self._propagation(self._with_more_on_file(kept, on_file)) for kept in self._rows.together())
        for settling in propagations:  # nothing else holds the rows meanwhile
            settling.settle()
            for places in settling.turned_bad:
                self.is_bad = self.is_bad.scatter(places, True)
            for code, found in settling.told.items():
                for told in found:
                    self._found[code].add(told, self._slice_of(told))

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
        told = {name: expression for rule in self.rules for name, expression in rule.derived_columns().items()}
        has = set(records.columns)
        known = {name: each for name, each in told.items() if has.issuperset(each.meta.root_names())}
        records = records.with_columns(**known)
        return records.cast({name: kept.schema[name] for name in records.columns if name in kept.columns})

    def _propagation(self, kept: pl.DataFrame) -> ErrorPropagation:
        return ErrorPropagation(kept, self.rules, self.layout, partition_by=self._among)

    def _slice_of(self, told: pl.DataFrame) -> pl.Series:
        """Return in which slice each row stands."""
        return pl.Series(self._first_rows, dtype=pl.UInt32).search_sorted(told[ROW], side="right")

    @property
    def has_findings(self) -> bool:
        """Whether anything is wrong between rows."""
        return any(told.row_count for told in self._found.values())

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
