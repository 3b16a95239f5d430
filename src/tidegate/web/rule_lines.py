"""The table of errors and resolutions of a file type, each error worded by an example of its rule."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from tidegate.core.rules.catalogue import column_rules, find_rules, reading_rules, row_rules
from tidegate.core.rules.column_rule import ColumnRule
from tidegate.core.rules.examples import column_example, messages_of
from tidegate.core.rules.find_rule import FindRule
from tidegate.core.rules.rule import CATEGORIES, Example, ReadingRule, RowRule, Rule
from tidegate.file_types import FileType, find


@dataclass(frozen=True)
class RuleLine:
    """One line of the table: an error as it may stand in the Result Log, and its resolution."""

    code: str
    message: str
    severity: str
    what_it_checks: str
    how_to_fix: str


@dataclass(frozen=True)
class Category:
    """The errors of one kind of trouble."""

    title: str
    lines: Sequence[RuleLine]


@cache
def list_categories(file_type_slug: str) -> tuple[Category, ...]:
    """Return every error that a file of this type can have, by kind of trouble and then by code."""
    lines: dict[str, RuleLine] = {}
    for rule, message in _worded(find(file_type_slug)):
        lines.setdefault(rule.code, _line(rule, message))
    by_digit = {digit: [lines[code] for code in sorted(lines) if code[-3] == digit] for digit in "0123456"}
    return tuple(Category(CATEGORIES[int(digit)], found) for digit, found in by_digit.items() if found)


def _line(rule: Rule, message: str) -> RuleLine:
    return RuleLine(rule.code, message, rule.severity.capitalize(), rule.what_it_checks, rule.how_to_fix)


def _worded(file_type: FileType) -> Iterator[tuple[Rule, str]]:
    """Yield the rules with an example of their message; a rule about columns for each of its columns."""
    layout = file_type.layout
    for reading in reading_rules().values():
        yield reading, _word_reading(reading)
    about_rows: tuple[ColumnRule | RowRule, ...] = (*column_rules(layout), *find_rules(layout), *row_rules(layout))
    for rule in (*about_rows, *file_type.rules):
        yield rule, next(iter(messages_of(rule, layout, _example(rule))), rule.message)


def _word_reading(rule: ReadingRule) -> str:
    return rule.message.format_map(rule.example_words)


def _example(rule: ColumnRule | RowRule) -> Example:
    if isinstance(rule, ColumnRule):
        return column_example(rule)
    if isinstance(rule, FindRule):
        return {rule.find.by: rule.example_value, f"{rule.name}.{rule.field}": None}
    return rule.bad[0]
