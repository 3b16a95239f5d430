"""Asks the rules about rows in the light of each other until no further row turns bad."""

from collections.abc import Sequence

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.rules.expressions import AT, POSITION, ROW, ROW_IS_BAD, before_column, hashes
from tidegate.core.rules.rule import FileRule, Severity

_ORDER = "order"
_BROKEN = "broken"
_FEW = 0.5
"""Rows are left out when no more than this share of them stays."""


def suppressed_column(rule: FileRule) -> str:
    """Return the column that says of which rows the rule has nothing to say."""
    return f"muted:{rule.code}"


class ErrorPropagation:
    """Rows that are judged in the light of each other and of stored records, and of nothing else.

    `told` has for each rule, by its code, the numbers of the rows that break it and what is to be told of them;
    `turned_bad` says AT which places of the file the rows stand that had no error by themselves.
    """

    def __init__(
        self, kept: pl.DataFrame, rules: Sequence[FileRule], layout: Layout, *, partition_by: Sequence[str]
    ) -> None:
        """Take the rows and the records, which have no row number. Both have the columns that the rules look at, and
        `suppressed_column` each rule. Rows that affect each other have equal values in the columns `partition_by`."""
        is_row = kept[ROW].is_not_null()
        self.rows = kept.filter(is_row)
        self.told: dict[str, list[pl.DataFrame]] = {rule.code: [] for rule in rules}
        self.turned_bad: list[pl.Series] = []
        self._records = kept.filter(~is_row).with_columns(pl.lit(False).alias(ROW_IS_BAD))
        self._rules = rules
        self._among = list(partition_by)
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

    def settle(self) -> None:
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
        if not self._among or not turned.any():
            return
        groups = hashes(self.rows, self._among)
        concerned = groups.filter(turned).unique().implode()
        is_concerned = groups.is_in(concerned)
        if int(is_concerned.sum()) > _FEW * self.rows.height:
            return
        of_records = hashes(self._records, self._among)
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
        """Return which rows break the rule that had not broken it, and remember what is to be told of them."""
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
        self.told[rule.code].append(asked.drop(_ORDER, _BROKEN))
        return self._none().scatter(asked[_ORDER], True)
