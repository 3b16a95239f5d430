"""A layout with a group or a key has the rules about such lines, each with examples that fit it."""

import msgspec
import pytest

from tidegate.core.layouts.state_package import find_package
from tidegate.core.rules.digest import rule_set_digest
from tidegate.core.rules.examples import messages_of
from tidegate.core.rules.make_line_rules import make_line_rules
from tidegate.file_types import find
from tidegate.file_types.file_type import find_all_of

TYPES = find_all_of(find_package("tests.other_state"))
OF_KEY, OF_GROUP = TYPES["apprenticeships"], TYPES["practice-days"]
RULES = [
    pytest.param(rule, kind.layout, id=code)
    for kind in TYPES.values()
    for code, rule in make_line_rules(kind.layout).items()
]


@pytest.mark.parametrize(("rule", "layout"), RULES)
def test_good_examples_break_nothing_and_bad_ones_break_the_rule(rule, layout):
    for example in rule.good:
        assert messages_of(rule, layout, example) == [], example
    for example in rule.bad:
        assert len(messages_of(rule, layout, example)) == 1, example


def test_a_key_has_other_rules_than_a_group():
    assert [rule.code for rule in OF_KEY.rules] == ["APP301", "APP302", "APP501"]
    assert [rule.code for rule in OF_GROUP.rules] == ["PRA301", "PRA601", "PRA602", "PRA603"]


def test_a_group_of_which_nothing_is_stored_has_no_rules_about_it():
    layout = msgspec.structs.replace(OF_GROUP.layout, on_file=None)
    assert list(make_line_rules(layout)) == ["PRA301"]
    assert make_line_rules(msgspec.structs.replace(layout, group=())) == {}


def test_a_rule_of_the_file_type_takes_the_place_of_that_of_its_layout():
    cte = find("cte")
    assert make_line_rules(cte.layout).keys() == {"CTE301", "CTE601", "CTE602", "CTE603", "CTE604"}
    own = {rule.code: type(rule).__module__ for rule in cte.rules}
    assert own["CTE601"].startswith("tidegate.states.maine.")
    assert "same student and CTE code" in next(rule.message for rule in cte.rules if rule.code == "CTE301")


def test_the_digest_of_a_receipt_knows_the_rules_of_lines():
    codes = OF_GROUP.rules_by_code()
    without = {code: rule for code, rule in codes.items() if code != "PRA601"}
    assert rule_set_digest(OF_GROUP.layout, codes.values()) != rule_set_digest(OF_GROUP.layout, without.values())
