"""Built-in rules are found by their codes, and loaded when they are asked for."""

import subprocess
import sys

from tidegate.core.rules.catalogue import builtin_rules, reading_rules
from tidegate.core.rules.rule import ReadingRule
from tidegate.file_types import find


def test_no_layout_asks_for_a_rule_about_the_file():
    about_the_file = [rule for rule in builtin_rules() if rule.code.startswith(("FILE", "ROW"))]
    assert about_the_file
    assert [rule.code for rule in about_the_file if not issubclass(rule, ReadingRule)] == []


def test_the_rules_of_the_reader_are_those_that_word_what_it_finds():
    of_reader = [rule.code for rule in builtin_rules() if issubclass(rule, ReadingRule)]
    assert list(reading_rules()) == of_reader
    assert len(reading_rules()) == len(of_reader)
    assert "CELL101" not in reading_rules()
    assert "CELL121" in reading_rules()


def test_a_file_type_has_the_builtin_rules_first_and_then_its_own():
    cte = find("cte")
    codes = [*(rule.code for rule in builtin_rules()), *(rule.code for rule in cte.rules)]
    assert [rule.code for rule in cte.rules_by_code().values()] == codes
    assert list(cte.rules_by_code()) == codes
    assert "CTE999" not in cte.rules_by_code()


def test_a_rule_about_the_file_is_loaded_when_a_file_breaks_it():
    code = (
        "import sys; from tidegate.core.rules.catalogue import reading_rules\n"
        "from tidegate.file_types import find; layout = find('cte').layout\n"
        "from tidegate.core.rules.catalogue import column_rules, lookup_rules, row_rules\n"
        "rules = reading_rules(), column_rules(layout), lookup_rules(layout), row_rules(layout)\n"
        "name = 'tidegate.core.rules.builtin.file.file001_empty_file'\n"
        "print(name in sys.modules, rules[0]['FILE001'].code, name in sys.modules)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False FILE001 True"
