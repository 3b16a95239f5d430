"""Judges rows: runs every rule over the columns at once, and leaves out findings that are mere consequences."""

from collections.abc import Iterable, Sequence

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.rules.column_rule import ColumnRule
from tidegate.core.rules.columns import PLACE, ROW, ROW_IS_BAD
from tidegate.core.rules.finding import findings_of
from tidegate.core.rules.rule import FileRule, RowRule, Severity

_ORDER = "order"


class Judgement:
    """The findings about one file's rows, and which rows have an error by now."""

    def __init__(self, rows: pl.DataFrame, layout: Layout, *, unreadable: Iterable[int]) -> None:
        """Take the joined rows; of the `unreadable` rows enough has been said, so that no rule speaks of them."""
        self.rows = rows
        self.layout = layout
        self.is_unreadable = rows.get_column(ROW).is_in(pl.Series(sorted(unreadable), dtype=pl.UInt32).implode())
        self.is_bad = self.is_unreadable
        self.found: list[pl.DataFrame] = []
        self._wrong_cells: dict[str, pl.Series] = {}
        self._broken: dict[str, pl.Series] = {}

    def judge_columns(self, rules: Sequence[ColumnRule]) -> None:
        """Report what is wrong with single cells; the first fault of a cell is the only one reported."""
        if not rules:
            return
        masks = self.rows.select(rule.broken().fill_null(False).alias(str(i)) for i, rule in enumerate(rules))
        for rule, mask in zip(rules, masks, strict=True):
            before = self._wrong_cells.get(rule.column)
            broken = mask & ~self.is_unreadable if before is None else mask & ~self.is_unreadable & ~before
            if rule.severity is Severity.ERROR:
                self._wrong_cells[rule.column] = broken if before is None else before | broken
            self._report(rule, broken, self.rows)

    def judge_rows(self, rules: Sequence[RowRule]) -> None:
        """Report what is wrong with each row by itself. A rule is silent where a cell that it speaks of is wrong."""
        alone = [rule for rule in rules if not isinstance(rule, FileRule)]
        if not alone:
            return
        masks = self.rows.select(rule.broken().fill_null(False).alias(str(i)) for i, rule in enumerate(alone))
        broken = [mask & ~self._is_silent(rule) for rule, mask in zip(alone, masks, strict=True)]
        for rule, mask in zip(alone, broken, strict=True):
            self._broken[rule.code] = mask | self._broken[rule.code] if rule.code in self._broken else mask
        for rule, mask in zip(alone, broken, strict=True):
            self._report(rule, self._without_causes(rule, mask), self.rows)

    def judge_file(self, rules: Sequence[RowRule], beside: pl.DataFrame | None) -> None:
        """Report what is wrong between rows. Asked again until no further row turns bad, since a bad row is not loaded
        and others may have counted on it."""
        across = [rule for rule in rules if isinstance(rule, FileRule)]
        reported = {rule.code: pl.repeat(False, self.rows.height, eager=True) for rule in across}
        is_settled = not across
        while not is_settled:
            bad_before = self.is_bad
            asked_with: pl.Series | None = None
            for rule in across:
                if asked_with is not self.is_bad:  # the next rule must not count on a row that has just turned bad
                    asked_with, together = self.is_bad, self._set_together(beside)
                    masks = _masks(across, together)
                broken = masks[rule.code] & ~self._is_silent(rule) & ~reported[rule.code]
                broken = self._without_causes(rule, broken)
                reported[rule.code] |= broken
                self._broken[rule.code] = reported[rule.code]
                self._report(rule, broken, together)
            is_settled = bool((self.is_bad == bad_before).all())

    def _set_together(self, beside: pl.DataFrame | None) -> pl.DataFrame:
        """Return the rows, numbered, with the stored records beside them whose place no good row will take."""
        rows = self.rows.with_row_index(_ORDER).with_columns(self.is_bad.alias(ROW_IS_BAD))
        if beside is not None and self.layout.beside is not None:
            good = rows.filter(~pl.col(ROW_IS_BAD))
            staying = beside.join(good, on=list(self.layout.beside.key), how="anti")
            rows = pl.concat([rows, staying.with_columns(pl.lit(False).alias(ROW_IS_BAD))], how="diagonal")
        return rows.with_row_index(PLACE)

    def _is_silent(self, rule: RowRule) -> pl.Series:
        silent = self.is_unreadable
        for column in rule.columns:
            if column in self._wrong_cells:
                silent = silent | self._wrong_cells[column]
        return silent

    def _without_causes(self, rule: RowRule, broken: pl.Series) -> pl.Series:
        for code in rule.unless:
            if code in self._broken:
                broken = broken & ~self._broken[code]
        return broken

    def _report(self, rule: ColumnRule | RowRule, broken: pl.Series, rows: pl.DataFrame) -> None:
        """Word the findings of one rule. Facts may look across rows, so that they are told before rows are left out."""
        if not broken.any():
            return
        facts = {f"fact:{name}": fact for name, fact in rule.facts().items()}
        told = rows.with_columns(fact.alias(name) for name, fact in facts.items())
        if _ORDER in told.columns:
            told = told.filter(pl.col(_ORDER).is_not_null()).sort(_ORDER)
        named = {name.removeprefix("fact:"): pl.col(name) for name in facts}
        breaking = told.filter(broken)
        self.found.append(findings_of(rule, breaking, self.layout, column=rule.column, facts=named))
        if rule.severity is Severity.ERROR:
            self.is_bad = self.is_bad | broken


def _masks(rules: Sequence[FileRule], together: pl.DataFrame) -> pl.DataFrame:
    """Return for each rule, under its code, which rows of the file break it, in their order."""
    masks = together.select(pl.col(_ORDER), *(rule.broken().fill_null(False).alias(rule.code) for rule in rules))
    return masks.drop_nulls(_ORDER).sort(_ORDER)
