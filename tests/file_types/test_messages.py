"""Every message reads well: one sentence, no full stop, no blame."""

import pytest

from tidegate.core.rules.catalogue import builtin_rules
from tidegate.file_types import find_all

RULES = {rule.code: rule for rule in builtin_rules()}
RULES |= {code: rule for kind in find_all().values() for code, rule in kind.rules_by_code().items()}


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_message_is_one_sentence_without_a_full_stop_or_blame(code):
    message = RULES[code].message
    assert not message.endswith(".")
    assert ". " not in message
    assert not any(word in message.lower() for word in ("invalid", "illegal", "wrong", "you ", "<", "please"))
    assert message[0].isupper() or message[0] == "{"


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_rule_says_what_it_checks_and_how_to_fix_it_in_whole_sentences(code):
    rule = RULES[code]
    for text in (rule.summary, rule.what_it_checks, rule.how_to_fix):
        assert text.endswith((".", ")"))
        assert text[0].isupper()
