"""What tidegate says of rows in the light of each other is what the rules say, written as plain as can be."""

from random import Random

import pytest
from tools import plain_rules
from tools.compare_with_plain_rules import FIRST_STUDENT, compare_enrollments, compare_groups, expected, make_world

from tidegate.file_types import find_all


@pytest.mark.parametrize("compare", [compare_enrollments, compare_groups])
def test_rows_beside_each_other_are_judged_as_the_plain_rules_do(tmp_path, compare):
    assert compare(tmp_path, Random(14), 1_200) == []


def test_the_worlds_have_something_of_every_rule():
    worlds = [make_world(Random(seed), str(FIRST_STUDENT)) for seed in range(400)]
    found = {code for world in worlds for _, code in expected(world, 2)}
    assert found == {"ENR301", "ENR302", "ENR501", "ENR502", "ENR503", "ENR504"}


def test_every_plain_twin_is_compared():
    rules = (rule for file_type in find_all().values() for rule in file_type.rules)
    twins = {rule.code for rule in rules if hasattr(rule, "plain")}
    assert twins <= plain_rules.CODES, "Name the twin in tools/plain_rules.py, so that random files compare both"
