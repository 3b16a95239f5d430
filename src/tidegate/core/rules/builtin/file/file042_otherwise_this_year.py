"""FILE042: the state has changed what a rule does in this school year."""

from typing import ClassVar

from tidegate.core.rules.rule import ReadingRule, Severity


class OtherwiseThisYear(ReadingRule):
    """The state has changed what a rule does in this school year.

    What it checks: For some school years a state makes a rule an error, a warning, a notice or
    nothing at all, and gives its reason.
    """

    code = "FILE042"
    message = "{rule} is {severity} this school year: {reason}"
    severity = Severity.NOTICE
    example_words: ClassVar = {
        "rule": "{own_rule}",
        "severity": "a warning",
        "reason": "the programs of most schools cannot tell it yet",
    }
