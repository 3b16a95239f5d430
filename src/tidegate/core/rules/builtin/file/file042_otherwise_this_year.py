"""FILE042: the state has changed what a rule does in this school year."""

from typing import ClassVar

from tidegate.core.rules.rule import ReadingRule, Severity


class OtherwiseThisYear(ReadingRule):
    """The state has changed what a rule does in this school year.

    What it checks: In some school years a state lets a rule be a warning, a notice or nothing at all, or makes an error
    of it, and says why.

    How to fix it: Nothing has to be done. The page of the file type shows what the rule does in other school years.
    """

    code = "FILE042"
    message = "{rule} is {severity} this school year: {reason}"
    severity = Severity.NOTICE
    example_words: ClassVar = {
        "rule": "ENR504",
        "severity": "a warning",
        "reason": "districts are still closing old enrollments",
    }
