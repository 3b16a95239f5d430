"""Asks the rules about rows in the light of each other until no further row turns bad."""

from collections.abc import Sequence

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.rules.columns import PLACE, ROW, ROW_IS_BAD
from tidegate.core.rules.rule import FileRule, Severity

_ORDER = "order"
_BROKEN = "broken"


def muted_by(rule: FileRule) -> str:
    """Return the column that says of which rows the rule has nothing to say."""
    return f"muted:{rule.code}"


class Settling:
    """Rows that are judged in the light of each other and of stored records, and of nothing else.

    `told` has for each rule, by its code, the numbers of the rows that break it and what is to be told of them;
    `turned_bad` are the rows that had no error by themselves.
    """

    def __init__(self, kept: pl.DataFrame, rules: Sequence[FileRule], layout: Layout) -> None:
        """Take the rows and the records, which have no row number. Both have the columns that the rules look at, and
        `muted_by` each rule."""
        is_row = kept[ROW].is_not_null()
        self.rows = kept.filter(is_row)
        self.told: dict[str, list[pl.DataFrame]] = {rule.code: [] for rule in rules}
        self._records = kept.filter(~is_row).with_columns(pl.lit(False).alias(ROW_IS_BAD))
        self._rules = rules
        self._key = list(layout.beside.key) if layout.beside else []
        self._is_bad = self.rows[ROW_IS_BAD]
        self._reported = {rule.code: self._none() for rule in rules}

    def _none(self) -> pl.Series:
        return pl.repeat(False, self.rows.height, eager=True)

    @property
    def turned_bad(self) -> pl.DataFrame:
        """The rows that are bad and were not."""
        return self.rows.filter(self._is_bad & ~self.rows[ROW_IS_BAD])

    def settle(self) -> None:
        """Ask the rules again until no further row turns bad, since a bad row is not loaded and others may have counted
        on it. A rule that was asked since the last row turned bad would say nothing new."""
        asked_with: dict[str, pl.Series] = {}
        set_with: pl.Series | None = None
        while any(asked_with.get(rule.code) is not self._is_bad for rule in self._rules):
            for rule in self._rules:
                if asked_with.get(rule.code) is self._is_bad:
                    continue
                if set_with is not self._is_bad:  # no rule must count on a row that has just turned bad
                    set_with, together = self._is_bad, self._set_together()
                asked_with[rule.code] = self._is_bad
                broken = self._ask(rule, together)
                self._reported[rule.code] |= broken
                if rule.severity is Severity.ERROR and broken.any():
                    self._is_bad = self._is_bad | broken

    def _set_together(self) -> pl.DataFrame:
        """Return the rows, numbered, with the stored records beside them whose place no good row will take."""
        rows = self.rows.with_columns(self._is_bad.alias(ROW_IS_BAD)).with_row_index(_ORDER)
        if not self._records.is_empty():
            good = self.rows.select(self._key).filter(~self._is_bad)
            staying = self._records.join(good, on=self._key, how="anti", maintain_order="left")
            rows = pl.concat([rows, staying], how="diagonal")
        return rows.with_row_index(PLACE)

    def _ask(self, rule: FileRule, together: pl.DataFrame) -> pl.Series:
        """Return which rows break the rule that had not broken it, and remember what is to be told of them."""
        concerned = rule.concerned(together)
        if concerned.is_empty():
            return self._none()
        facts = [fact.alias(name) for name, fact in rule.facts().items()]
        asked = concerned.select(_ORDER, ROW, rule.broken().fill_null(False).alias(_BROKEN), *facts)
        asked = asked.filter(pl.col(_BROKEN) & pl.col(_ORDER).is_not_null())
        muted = self.rows[muted_by(rule)] | self._reported[rule.code]
        for code in rule.unless:
            muted = muted | self._reported.get(code, self._none())
        asked = asked.filter(~muted.gather(asked[_ORDER])).sort(_ORDER)
        if asked.is_empty():
            return self._none()
        self.told[rule.code].append(asked.drop(_ORDER, _BROKEN))
        return self._none().scatter(asked[_ORDER], True)
