"""Finds rules: each is a module of a package, whose file name is the rule's code and a slug."""

import copy
import pkgutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from types import ModuleType
from typing import NamedTuple, TypeVar

from tidegate.core.errors import BrokenLayout
from tidegate.core.layouts.import_checked import import_checked
from tidegate.core.layouts.layout import Layout, RuleChange
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.lookups.lookup import LabelledLookup, lookups_of
from tidegate.core.reading.issue import ReadingIssue
from tidegate.core.reference.folder import ReferenceData
from tidegate.core.rules import builtin
from tidegate.core.rules.rule import (
    ColumnRule,
    FileRule,
    LookupRule,
    ReadingRule,
    RowIdentityRule,
    RowRule,
    Rule,
    Severity,
)


def rules_in(package: ModuleType) -> tuple[type[Rule], ...]:
    """Return the rule of every module in `package`, by code. Raises BrokenLayout if a module
    does not have exactly one rule, or its file name does not begin with the rule's code."""
    return tuple(sorted((_rule_of(name) for name in _module_names(package)), key=lambda rule: rule.code))


def _module_names(package: ModuleType) -> Iterator[str]:
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return (module.name for module in found if not module.ispkg)


def _rule_of(name: str) -> type[Rule]:
    module = import_checked(name)
    rules = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Rule) and thing.__module__ == name and not thing.is_abstract
    ]
    if len(rules) != 1 or not name.rpartition(".")[2].startswith(f"{rules[0].code.lower()}_"):
        raise BrokenLayout(f"{module.__file__}:1: the file holds one rule, and is named <code>_<slug>.py after it")
    return rules[0]


@cache
def _builtin_modules() -> Mapping[str, str]:
    """Return the names of the modules of the built-in rules, by code."""
    names = {name.rpartition(".")[2].partition("_")[0].upper(): name for name in _module_names(builtin)}
    return dict(sorted(names.items()))


class RuleIndex(Mapping[str, type[Rule]]):
    """The built-in rules by code, then other rules. A built-in one is loaded when it is asked for: a file meets few of
    fifty that are about the file itself."""

    def __init__(self, others: Iterable[type[Rule]] = ()) -> None:
        self._loaded = {rule.code: rule for rule in others}
        self._codes = [*_builtin_modules(), *(code for code in self._loaded if code not in _builtin_modules())]

    def __getitem__(self, code: str) -> type[Rule]:
        if code not in self._loaded:
            self._loaded[code] = _rule_of(_builtin_modules()[code])
        return self._loaded[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._codes)

    def __len__(self) -> int:
        return len(self._codes)


class _ReadingRules(Mapping[str, ReadingRule]):
    """The rules that word what the reader finds, by code."""

    def __getitem__(self, code: str) -> ReadingRule:
        rule = builtin_by_code()[code]
        if not issubclass(rule, ReadingRule):
            raise KeyError(code)
        return rule()

    def __iter__(self) -> Iterator[str]:
        return (code for code, rule in builtin_by_code().items() if issubclass(rule, ReadingRule))

    def __len__(self) -> int:
        return sum(1 for _ in self)


@cache
def builtin_by_code() -> Mapping[str, type[Rule]]:
    """Return the built-in rules, by code."""
    return RuleIndex()


def reading_rules() -> Mapping[str, ReadingRule]:
    """Return the rules that word what the reader finds, by code."""
    return _ReadingRules()


def builtin_rules() -> tuple[type[Rule], ...]:
    """Return the built-in rules, in the order of their codes."""
    return tuple(builtin_by_code().values())


# The areas in which every rule words what the reader finds: no layout asks for one.
_OF_READER = ("FILE", "ROW")


@cache
def _rules_of_layouts() -> tuple[type[Rule], ...]:
    """Return the built-in rules that a layout may ask for, in the order of their codes."""
    rules = builtin_by_code()
    return tuple(rules[code] for code in rules if not code.startswith(_OF_READER))


def column_rules(layout: Layout) -> tuple[ColumnRule, ...]:
    """Return the built-in rules about columns that this layout asks for, column by column."""
    rules = [rule for rule in _rules_of_layouts() if issubclass(rule, ColumnRule)]
    rules.sort(key=lambda rule: not rule.comes_first)
    return tuple(rule(column) for column in layout.columns.values() for rule in rules if rule.applies_to(column))


def lookup_rules(layout: Layout) -> tuple[LookupRule, ...]:
    """Return the built-in rules about look-ups that this layout asks for."""
    rules = [rule for rule in _rules_of_layouts() if issubclass(rule, LookupRule)]
    return tuple(
        rule(name, lookup, layout.columns[lookup.by])
        for name, lookup in lookups_of(layout).items()
        if isinstance(lookup, LabelledLookup) and lookup.label
        for rule in rules
        if isinstance(lookup, rule.lookup_type)
    )


def row_rules(layout: Layout) -> tuple[RowRule, ...]:
    """Return the built-in rules about rows that have columns in this layout."""
    plain = [
        rule(layout) if issubclass(rule, RowIdentityRule) else rule()
        for rule in _rules_of_layouts()
        if issubclass(rule, RowRule) and not issubclass(rule, LookupRule)
    ]
    return tuple(rule for rule in plain if rule.columns and rule.column in layout.columns)


OFF = "off"
_IN_WORDS = {OFF: "not checked", "notice": "a notice", "warning": "a warning", "error": "an error"}
AnyRule = TypeVar("AnyRule", bound=Rule)


class RuleSet(NamedTuple):
    """All rules that a file is checked by: those of the reader (by code), of columns, and of
    rows."""

    of_reader: Mapping[str, ReadingRule]
    of_columns: Sequence[ColumnRule]
    of_rows: Sequence[RowRule]

    def columns_needed(self) -> set[str]:
        """Return the columns that the rules about rows need, look-ups included."""
        return set().union(*(rule.columns_needed() for rule in self.of_rows))


def rule_set(layout: Layout, rules: Sequence[RowRule], school_year: SchoolYear) -> RuleSet:
    """Return the file type's own `rules` of a school year with the built-in ones that the layout of that year asks for,
    each as the layout has it."""
    of_rows = [*lookup_rules(layout), *row_rules(layout), *(rule.in_layout(layout) for rule in rules)]
    return RuleSet(
        reading_rules(),
        as_changed(column_rules(layout), layout),
        as_changed([rule for rule in of_rows if school_year.is_within(rule.since, rule.until)], layout),
    )


class RuleSetChoice(NamedTuple):
    """The rules that can be asked, those that cannot, and the reference data for the check.

    The rules that cannot be asked are codes, by the name of the missing file. In the reference data a missing file
    counts as empty. If a rule is still asked for another column, its code is named with the column: `FIND404 of
    RaceCode`.
    """

    rules: RuleSet
    not_asked: Mapping[str, Sequence[str]]
    tables: ReferenceData


def askable(rules: RuleSet, layout: Layout, tables: ReferenceData) -> RuleSetChoice:
    """Return the rules that can be asked with the lists that there are.

    Args:
        rules: All rules of the file type.
        layout: The layout of the school year.
        tables: The state's reference data.

    Raises:
        Refusal: A reference folder has none of the lists.
    """
    if tables.has_every_list:  # what each rule needs is looked for in its expressions, which takes time
        return RuleSetChoice(rules, {}, tables)
    missing: dict[str, list[RowRule]] = {}
    kept = []
    for rule in rules.of_rows:
        lacking = [file.file_name for file in rule.lists_needed(layout) if not tables.has(file)]
        for name in lacking:
            missing.setdefault(name, []).append(rule)
        if not lacking:
            kept.append(rule)
    asked = {rule.code for rule in kept}
    not_asked = {name: sorted({_named(rule, asked) for rule in missing[name]}) for name in sorted(missing)}
    return RuleSetChoice(rules._replace(of_rows=kept), not_asked, tables.with_missing_as_empty())


def _named(rule: RowRule, asked: set[str]) -> str:
    """Return the code of a rule that is not asked, with its column where the code is asked of another one."""
    return f"{rule.code} of {rule.columns[0]}" if rule.code in asked else rule.code


def as_changed(rules: Sequence[AnyRule], layout: Layout) -> Sequence[AnyRule]:
    """Return the rules as the layout of a year has them: some with another severity or message, some not at all."""
    changes = layout.rule_changes()
    kept = (rule for rule in rules if rule.code not in changes or changes[rule.code].severity != OFF)
    return [_changed(rule, changes[rule.code]) if rule.code in changes else rule for rule in kept]


def _changed(rule: AnyRule, change: RuleChange) -> AnyRule:
    changed = copy.copy(rule)
    if change.message:
        changed.message = change.message  # type: ignore[misc]  # per year, not per class
    if change.severity:
        changed.severity, changed.reason = Severity(change.severity), change.reason  # type: ignore[misc]  # likewise
    return changed


def check_change(change: RuleChange, rules: Mapping[str, type[Rule]]) -> None:
    """Raise BrokenLayout where a layout changes a rule that its files cannot break, or would load rows that cannot be
    stored. `rules` are those that its files can break, by code."""
    rule = rules.get(change.code)
    if rule is None or issubclass(rule, ReadingRule):
        raise BrokenLayout(f"[[rules]] {change.code}: a file of this type has no such rule about its rows")
    if change.severity and not rule.may_be_relaxed:
        raise BrokenLayout(
            f"[[rules]] {change.code} is an error, always: a row that breaks it cannot be stored as it should be"
        )


def notices_of_changes(layout: Layout) -> list[ReadingIssue]:
    """Return a notice for each rule that has another severity in the layout of a year, or is off."""
    return [
        ReadingIssue("FILE042", words={"rule": code, "severity": _IN_WORDS[change.severity], "reason": change.reason})
        for code, change in layout.rule_changes().items()
        if change.severity
    ]


def causes_first(rules: Sequence[FileRule]) -> list[FileRule]:
    """Return the rules in their order, but each after the rules in its `suppressed_by`."""
    waiting, ordered = list(rules), list[FileRule]()
    while waiting:
        left = {rule.code for rule in waiting}
        # Only what must be is moved: a rule may count on the errors of the rules before it.
        free = next((rule for rule in waiting if left.isdisjoint(rule.suppressed_by)), waiting[0])
        ordered.append(free)
        waiting.remove(free)
    return ordered
