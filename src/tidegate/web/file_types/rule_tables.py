"""The table of errors and resolutions of a file type, each error worded by an example of its rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import msgspec

from tidegate.core.errors import NotFound
from tidegate.core.layouts.layout import RuleChange
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.rules.rule import CATEGORIES
from tidegate.core.rules.rule_docs import RuleDoc, rule_docs
from tidegate.file_types import find


@dataclass(frozen=True)
class RuleCategory:
    """The errors of one category."""

    title: str
    rules: Sequence[RuleDoc]


@dataclass(frozen=True)
class ExampleCell:
    """A cell of an example row; `is_spoken_of` says that the rule is about its column."""

    text: str
    is_spoken_of: bool


def _rules(file_type_slug: str, school_year: SchoolYear) -> dict[str, RuleDoc]:
    file_type = find(file_type_slug)
    of_year = file_type.rules_of_year(school_year)
    return _docs(file_type_slug, file_type.layout.in_year(school_year).rules, tuple(rule.code for rule in of_year))


@cache
def _docs(file_type_slug: str, changes: tuple[RuleChange, ...], codes: tuple[str, ...]) -> dict[str, RuleDoc]:
    """Return the rules in words; most school years have the same ones, and each of their examples takes its time."""
    file_type = find(file_type_slug)
    layout = msgspec.structs.replace(file_type.layout, rules=changes)
    return rule_docs(layout, [rule for rule in file_type.rules if rule.code in codes])


def list_categories(file_type_slug: str, school_year: SchoolYear) -> tuple[RuleCategory, ...]:
    """Return every error that a file of this type can have in that school year, by category and
    then by code."""
    rules = _rules(file_type_slug, school_year)
    by_digit = {digit: [rules[code] for code in rules if code[-3] == digit] for digit in "0123456"}
    return tuple(RuleCategory(CATEGORIES[int(digit)], found) for digit, found in by_digit.items() if found)


def find_rule(file_type_slug: str, code: str, school_year: SchoolYear) -> RuleDoc:
    """Return the rule with that code; NotFound where no file of this type can break it in that school year."""
    found = _rules(file_type_slug, school_year).get(code.upper())
    if found is None:
        raise NotFound("This file type has no such rule", fix="Choose one from the table of errors and resolutions")
    return found


def example_of(file_type_slug: str, worded: RuleDoc) -> list[tuple[int | None, list[ExampleCell]]]:
    """Return the rows of the rule's example, each with its number (none: a stored record) and its cells."""
    names = list(find(file_type_slug).layout.columns)
    return [
        (row, [ExampleCell(text, name in worded.columns) for name, text in zip(names, texts, strict=True)])
        for row, texts in worded.rows
    ]
