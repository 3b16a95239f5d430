"""Asks the rules that compare rows, until no further row turns bad."""

from collections.abc import Sequence

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.rules.expressions import AT, POSITION, ROW, ROW_IS_BAD, before_column, hashes
from tidegate.core.rules.rule import FileRule, Severity

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
        self, kept: pl.DataFrame, rules: Sequence[FileRule], layout: Layout, *, partition_by: Sequence[str]
    ) -> None:
        """Prepare one partition.

        Args:
            kept: Its rows, and its stored records, which have no row number. Both have the columns
                that the rules need, and the `suppressed_column` of each rule.
            rules: The rules across rows, in the order in which they are asked.
            layout: The layout of the school year.
            partition_by: Columns in which rows that can affect each other have equal values.
        """
        is_row = kept[ROW].is_not_null()
        self.rows = kept.filter(is_row)
        self.found: dict[str, list[pl.DataFrame]] = {rule.code: [] for rule in rules}
        self.turned_bad: list[pl.Series] = []
        self._records = kept.filter(~is_row).with_columns(pl.lit(False).alias(ROW_IS_BAD))
        self._rules = rules
        self._partition_columns = list(partition_by)
        self._key = list(layout.stored_records.key) if layout.stored_records else []
        self.rows = self.rows.hstack(self._before())
        self._is_bad = self.rows[ROW_IS_BAD]
        self._together: pl.DataFrame | None = None
        self._reported = {rule.code: self._none() for rule in rules}

    def _none(self) -> pl.Series:
        return pl.repeat(False, self.rows.height, eager=True)

    def _before(self) -> list[pl.Series]:
        """Return for each row the columns of the stored record that it will replace, if a rule
        needs any."""
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
        """Ask the rules again until no further row turns bad: a fixed point.

        A bad row is not loaded, and other rows may have counted on it. A rule that was asked after
        the last row turned bad has no new result.
        """
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
        self._together = None

    def _set_together(self) -> pl.DataFrame:
        """Return the numbered rows, and below them the stored records that no good row will
        replace."""
        if self._together is not None:
            return self._together
        rows = self.rows.with_columns(self._is_bad.alias(ROW_IS_BAD)).with_row_index(_ORDER)
        if not self._records.is_empty():
            rows = pl.concat([rows, self._staying()], how="diagonal")
        self._together = rows.with_row_index(POSITION)
        return self._together

    def _staying(self) -> pl.DataFrame:
        """Return the records that no good row will replace; all of them if the layout has no key
        for that."""
        if not self._key:
            return self._records
        good = self.rows.select(self._key).filter(~self._is_bad)
        return self._records.join(good, on=self._key, how="anti", maintain_order="left")

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
        candidates = rule.prefilter(self._set_together_for(rule))
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
