"""Judges rows: runs every rule over the columns at once, and leaves out findings that are mere consequences."""

from collections.abc import Iterable, Sequence

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.rules.column_rule import ColumnRule
from tidegate.core.rules.expressions import ROW, present, value
from tidegate.core.rules.finding import findings_of
from tidegate.core.rules.rule import FileRule, RowRule, Severity


class RowChecks:
    """The findings about some rows of a file, and which of these rows have an error by now."""

    def __init__(self, rows: pl.DataFrame, layout: Layout, *, unreadable: pl.Series) -> None:
        """Take the joined rows; of the `unreadable` rows enough has been said, so that no rule speaks of them."""
        self.rows = rows
        self.layout = layout
        self.is_unreadable = rows.get_column(ROW).is_in(unreadable.implode())
        self.is_bad = self.is_unreadable
        self.found: list[pl.DataFrame] = []
        self._wrong_cells: dict[str, pl.Series] = {}
        self._broken: dict[str, pl.Series] = {}
        self._odd: dict[str, pl.Series] = {}

    def check_columns(self, rules: Sequence[ColumnRule], *, is_clean: bool = False) -> None:
        """Report what is wrong with single cells; the first fault of a cell is the only one reported."""
        asked = [rule for rule in rules if (rule.of_clean_cells or not is_clean) and self._is_possible(rule)]
        of_any = [rule for rule in asked if not rule.of_odd_cells]
        masks = dict(zip(of_any, self._masks(of_any), strict=True))
        for rule in asked:
            mask = self._mask_of_odd(rule) if rule.of_odd_cells else masks[rule]
            if mask is None or not mask.any():
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

    def _mask_of_odd(self, rule: ColumnRule) -> pl.Series | None:
        """Return which rows break the rule, asked about the odd cells alone; None where there are none."""
        if rule.column not in self._odd:
            is_odd = present(rule.column) & value(rule.column).is_null()
            self._odd[rule.column] = self.rows.select(is_odd.fill_null(False).arg_true()).to_series()
        places = self._odd[rule.column]
        if places.is_empty():
            return None
        odd = self.rows.select(pl.col(rule.column, f"{rule.column}:value").gather(places))
        broken = odd.select(rule.broken().fill_null(False)).to_series()
        return pl.repeat(False, self.rows.height, eager=True).scatter(places.filter(broken), True)

    def check_rows(self, rules: Sequence[RowRule]) -> None:
        """Report what is wrong with each row by itself. A rule is silent where a cell that it speaks of is wrong."""
        alone = [rule for rule in rules if not isinstance(rule, FileRule)]
        broken = [mask & ~self._is_silent(rule) for rule, mask in zip(alone, self._masks(alone), strict=True)]
        for rule, mask in zip(alone, broken, strict=True):
            self._broken[rule.code] = mask | self._broken[rule.code] if rule.code in self._broken else mask
        for rule, mask in zip(alone, broken, strict=True):
            if mask.any():
                self._report(rule, mask & ~self._has_cause(rule))

    def is_suppressed(self, rule: FileRule) -> pl.Series:
        """Return of which rows the rule has nothing to say, whatever the rest of the file holds: a cell that it speaks
        of is wrong, or it would tell of a mere consequence."""
        return self._is_silent(rule) | self._has_cause(rule)

    def _is_silent(self, rule: RowRule) -> pl.Series:
        silent = self.is_unreadable
        for column in rule.columns:
            if column in self._wrong_cells:
                silent = silent | self._wrong_cells[column]
        return silent

    def _has_cause(self, rule: RowRule) -> pl.Series:
        has_cause = pl.repeat(False, self.rows.height, eager=True)
        for code in rule.suppressed_by:
            if code in self._broken:
                has_cause = has_cause | self._broken[code]
        return has_cause

    def _report(self, rule: ColumnRule | RowRule, broken: pl.Series) -> None:
        if not broken.any():
            return
        breaking = self.rows.filter(broken)
        self.found.append(
            findings_of(rule, breaking, self.layout, column=rule.column, message_values=rule.message_values())
        )
        if rule.severity is Severity.ERROR:
            self.is_bad = self.is_bad | broken
