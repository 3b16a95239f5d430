"""The examples of every rule, found by looking: a new rule is tested without a new test."""

import pytest

from tidegate.core.rules.catalogue import column_rules, lookup_rules, row_rules
from tidegate.core.rules.examples import column_example, lookup_example, messages_of
from tidegate.file_types import find_all
from tidegate.file_types.trial.examples import problems_of_examples, problems_of_row

TYPES = find_all().values()
ROW_RULES = [
    pytest.param(rule, kind.layout, id=f"{kind.slug}-{rule.code}")
    for kind in TYPES
    for rule in (*row_rules(kind.layout), *kind.rules)
]
BUILT_IN = [
    pytest.param(rule, kind.layout, id=f"{kind.slug}-{rule.code}-{rule.column}")
    for kind in TYPES
    for rule in column_rules(kind.layout)
]
FINDS = [
    pytest.param(rule, kind.layout, id=f"{kind.slug}-{rule.code}-{rule.column}")
    for kind in TYPES
    for rule in lookup_rules(kind.layout)
]


@pytest.mark.parametrize(("rule", "layout"), ROW_RULES)
def test_good_examples_break_nothing_and_bad_ones_break_the_rule(rule, layout):
    assert list(problems_of_examples(rule, layout)) == []


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.slug)
def test_the_layouts_own_example_breaks_no_built_in_rule(kind):
    assert list(problems_of_row(kind)) == []


@pytest.mark.parametrize(("rule", "layout"), BUILT_IN)
def test_the_example_of_a_built_in_rule_breaks_it(rule, layout):
    assert len(messages_of(rule, layout, column_example(rule))) == 1


@pytest.mark.parametrize(("rule", "layout"), FINDS)
def test_a_value_that_is_not_found_is_named_in_quotes(rule, layout):
    assert messages_of(rule, layout, lookup_example(rule)) == [
        f'Unable to resolve {rule.find.label} "{rule.example_value}"'
    ]
