"""Finds rules: every module of a package, or of one in it, holds one, and its file name is the code and a slug."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import ModuleType
from typing import NamedTuple

from tidegate.core.errors import BrokenLayout
from tidegate.core.layouts.layout import Layout
from tidegate.core.lookups.lookup import LabelledLookup, lookups_of
from tidegate.core.rules import builtin
from tidegate.core.rules.rule import ColumnRule, LookupRule, ReadingRule, RowRule, Rule


def rules_in(package: ModuleType) -> tuple[type[Rule], ...]:
    """Return the rule of every module in `package`, by code. Raises BrokenLayout where a module has not one rule
    whose code its file name begins with."""
    return tuple(sorted((_rule_of(name) for name in _module_names(package)), key=lambda rule: rule.code))


def _module_names(package: ModuleType) -> Iterator[str]:
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return (module.name for module in found if not module.ispkg)


def _rule_of(name: str) -> type[Rule]:
    module = importlib.import_module(name)
    rules = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Rule) and thing.__module__ == name and not thing.is_abstract
    ]
    if len(rules) != 1 or not name.rpartition(".")[2].startswith(f"{rules[0].code.lower()}_"):
        raise BrokenLayout(f"{name} holds one rule, and its file is named <code>_<slug>.py after it")
    return rules[0]


@cache
def builtin_rules() -> tuple[type[Rule], ...]:
    """Return the built-in rules, by code."""
    return rules_in(builtin)


def reading_rules() -> dict[str, ReadingRule]:
    """Return the rules that word what the reader finds, by code."""
    return {rule.code: rule() for rule in builtin_rules() if issubclass(rule, ReadingRule)}


def column_rules(layout: Layout) -> tuple[ColumnRule, ...]:
    """Return the built-in rules about columns that this layout asks for, column by column."""
    kinds = [rule for rule in builtin_rules() if issubclass(rule, ColumnRule)]
    kinds.sort(key=lambda kind: not kind.comes_first)
    return tuple(kind(column) for column in layout.columns.values() for kind in kinds if kind.applies_to(column))


def lookup_rules(layout: Layout) -> tuple[LookupRule, ...]:
    """Return the built-in rules about look-ups that this layout asks for."""
    rules = [rule for rule in builtin_rules() if issubclass(rule, LookupRule)]
    return tuple(
        rule(name, lookup, layout.columns[lookup.by])
        for name, lookup in lookups_of(layout).items()
        if isinstance(lookup, LabelledLookup) and lookup.label
        for rule in rules
        if isinstance(lookup, rule.lookup_type)
    )


def row_rules(layout: Layout) -> tuple[RowRule, ...]:
    """Return the built-in rules about rows whose first column this layout has, where it looks up the SAU."""
    plain = [rule() for rule in builtin_rules() if issubclass(rule, RowRule) and not issubclass(rule, LookupRule)]
    return tuple(rule for rule in plain if rule.column in layout.columns and "sau" in layout.stored)


class RuleSet(NamedTuple):
    """All rules that a file is checked by: of its reader, by code, of its columns, and of its rows."""

    of_reader: Mapping[str, ReadingRule]
    of_columns: Sequence[ColumnRule]
    of_rows: Sequence[RowRule]

    def columns_needed(self) -> set[str]:
        """Return the columns that the rules about rows need, look-ups included."""
        return set().union(*(rule.columns_needed() for rule in self.of_rows))


def rule_set(layout: Layout, rules: Sequence[RowRule]) -> RuleSet:
    """Return the file type's own `rules` with the built-in ones that the layout asks for."""
    return RuleSet(reading_rules(), column_rules(layout), [*lookup_rules(layout), *row_rules(layout), *rules])
