"""Every message reads well: one sentence, no full stop, no blame."""

import pytest

from tidegate.core.rules.catalogue import builtin_rules
from tidegate.file_types import find_all
from tidegate.file_types.trial.wording import (
    problems_of_area,
    problems_of_docstring,
    problems_of_guide,
    problems_of_message,
)

TYPES = find_all().values()
RULES = {rule.code: rule for rule in builtin_rules()}
RULES |= {code: rule for kind in TYPES for code, rule in kind.rules_by_code().items()}


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_message_is_one_sentence_without_a_full_stop_or_blame(code):
    assert list(problems_of_message(RULES[code])) == []


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_rule_says_what_it_checks_and_how_to_fix_it_in_whole_sentences(code):
    assert list(problems_of_docstring(RULES[code])) == []


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.slug)
def test_a_file_type_says_what_it_is_about_in_whole_sentences(kind):
    assert [*problems_of_guide(kind), *problems_of_area(kind)] == []
