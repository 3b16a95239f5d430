"""Judges rows in the light of each other: of every row of a file only what the rules ask for is kept, as numbers."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import polars as pl

from tidegate.core.layouts.column_types import Digits
from tidegate.core.layouts.layout import Layout
from tidegate.core.rules.columns import PLACE, ROW, ROW_IS_BAD
from tidegate.core.rules.finding import findings_of
from tidegate.core.rules.judge import Judgement
from tidegate.core.rules.rule import FileRule, RowRule, Severity

_ORDER = "order"
_BROKEN = "broken"
_LONGEST_NUMBER = 9
_OF_US = {ROW, ROW_IS_BAD, PLACE}
_MADE_BY_A_RULE = re.compile(r"[A-Z]{3,4}[0-6][0-9]{2}\.")


class Across:
    """Judges the rows of a file by its FileRules, after all slices have been added."""

    def __init__(self, rules: Sequence[RowRule], layout: Layout) -> None:
        self.rules = [rule for rule in rules if isinstance(rule, FileRule)]
        self.layout = layout
        self._kept = self._find_kept()
        self._slices: list[pl.DataFrame] = []
        self._told: dict[str, list[pl.DataFrame]] = {rule.code: [] for rule in self.rules}
        self.is_bad = pl.Series(dtype=pl.Boolean)

    def _find_kept(self) -> list[str]:
        """Return the columns of a row that the rules look at."""
        kept: set[str] = set(self.layout.beside.columns if self.layout.beside else ())
        told: set[str] = set()
        for rule in self.rules:
            for expression in (rule.broken(), *rule.facts().values()):
                kept.update(expression.meta.root_names())
            kept.update(rule.looks_at)
            told.update(rule.told())
        return sorted(told | {name for name in kept - _OF_US if not _MADE_BY_A_RULE.match(name)})

    def add(self, judgement: Judgement) -> None:
        """Add a slice that was judged by itself."""
        told = {name: expression for rule in self.rules for name, expression in rule.told().items()}
        rows = judgement.rows.with_columns(**told) if told else judgement.rows
        kept = [self._compact(name, rows.schema[name]) for name in self._kept]
        muted = [judgement.is_muted(rule).alias(_muted(rule)) for rule in self.rules]
        self._slices.append(rows.select(ROW, judgement.is_bad.alias(ROW_IS_BAD), *kept).with_columns(muted))

    def _compact(self, name: str, kind: pl.DataType) -> pl.Expr:
        """Return the column in as few bytes as its values can be told apart by."""
        column = self.layout.columns.get(name.removesuffix(":value"))
        of = column.of if column and name.endswith(":value") else None
        if isinstance(of, Digits) and of.min_length == of.max_length <= _LONGEST_NUMBER:
            return pl.col(name).cast(pl.UInt32)
        return pl.col(name).cast(pl.Categorical) if kind == pl.String else pl.col(name)

    def judge(self, beside: pl.DataFrame | None) -> None:
        """Find what is wrong between rows. Asked again until no further row turns bad, since a bad row is not loaded
        and others may have counted on it."""
        if not self._slices:
            return
        rows = pl.concat(self._slices)
        self._slices = []
        self.is_bad = rows[ROW_IS_BAD]
        reported = {rule.code: pl.repeat(False, rows.height, eager=True) for rule in self.rules}
        is_settled = not self.rules
        while not is_settled:
            bad_before = self.is_bad
            asked_with: pl.Series | None = None
            for rule in self.rules:
                if asked_with is not self.is_bad:  # the next rule must not count on a row that has just turned bad
                    asked_with = self.is_bad
                    together = self._set_together(rows.with_columns(self.is_bad.alias(ROW_IS_BAD)), beside)
                broken = self._ask(rule, together, rows, reported)
                reported[rule.code] |= broken
                if rule.severity is Severity.ERROR and broken.any():
                    self.is_bad = self.is_bad | broken
            is_settled = bool((self.is_bad == bad_before).all())

    def _set_together(self, rows: pl.DataFrame, beside: pl.DataFrame | None) -> pl.DataFrame:
        """Return the rows, numbered, with the stored records beside them whose place no good row will take."""
        rows = rows.with_row_index(_ORDER)
        if beside is not None and self.layout.beside is not None:
            strings = [name for name, kind in beside.schema.items() if kind == pl.String]
            records = beside.with_columns(pl.col(strings).cast(pl.Categorical))
            good = rows.filter(~pl.col(ROW_IS_BAD))
            staying = records.join(good, on=list(self.layout.beside.key), how="anti")
            rows = pl.concat([rows, staying.with_columns(pl.lit(False).alias(ROW_IS_BAD))], how="diagonal")
        return rows.with_row_index(PLACE)

    def _ask(
        self, rule: FileRule, together: pl.DataFrame, rows: pl.DataFrame, reported: dict[str, pl.Series]
    ) -> pl.Series:
        """Return which rows break the rule that had not broken it, and remember what is to be told of them."""
        none = pl.repeat(False, rows.height, eager=True)
        concerned = rule.concerned(together)
        if concerned.is_empty():
            return none
        facts = [fact.alias(name) for name, fact in rule.facts().items()]
        asked = concerned.select(_ORDER, ROW, rule.broken().fill_null(False).alias(_BROKEN), *facts)
        asked = asked.filter(pl.col(_BROKEN) & pl.col(_ORDER).is_not_null())
        muted = rows[_muted(rule)] | reported[rule.code]
        for code in rule.unless:
            muted = muted | reported.get(code, none)
        asked = asked.filter(~muted.gather(asked[_ORDER])).sort(_ORDER)
        if asked.is_empty():
            return none
        self._told[rule.code].append(asked.drop(_ORDER, _BROKEN))
        return none.scatter(asked[_ORDER], True)

    @property
    def has_findings(self) -> bool:
        """Whether anything is wrong between rows."""
        return any(self._told.values())

    def severities(self) -> Counter[str]:
        """Return how many findings there are of each severity."""
        counts: Counter[str] = Counter()
        for rule in self.rules:
            counts[str(rule.severity)] += sum(told.height for told in self._told[rule.code])
        return counts

    def findings(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Yield the findings about these rows, which follow each other in the file and have the columns `shown`."""
        first, last = rows[ROW].min(), rows[ROW].max()
        for rule in self.rules:
            for told in self._told[rule.code]:
                here = told.filter(pl.col(ROW).is_between(first, last))
                if here.is_empty():
                    continue
                facts = {name: f"fact:{name}" for name in here.columns if name != ROW}
                breaking = rows.join(here.rename(facts), on=ROW, how="inner", maintain_order="left")
                named = {name: pl.col(column) for name, column in facts.items()}
                yield findings_of(rule, breaking, self.layout, column=rule.column, facts=named)

    def shown(self) -> list[str]:
        """Return the columns of a row that the findings show."""
        identity = self.layout.identity
        names = {identity.sau_id, identity.school_id, identity.student_number}
        for rule in self.rules:
            names |= {rule.column, *(rule.named() - rule.facts().keys())}
        return [ROW, *sorted(names - {""})]


def _muted(rule: FileRule) -> str:
    return f"muted:{rule.code}"
