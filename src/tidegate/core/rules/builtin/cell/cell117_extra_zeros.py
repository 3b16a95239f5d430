"""CELL117: extra zeros were removed."""

from tidegate.core.rules.rule import ReadingRule, Severity


class ExtraZeros(ReadingRule):
    """Extra zeros were removed.

    What it checks: Some programs add zeros to a number so that all have the same length: 0202 for
    the {words.sau} 202. If only one value can be meant, it is used.

    How to fix it: To avoid this notice, have your program leave numbers as they are.
    """

    code = "CELL117"
    message = "Column {column}: {count} had extra zeros; we read {values}"
    severity = Severity.NOTICE
    example_words = {"column": "{first_column}", "count": "2 values", "values": '"202"'}
