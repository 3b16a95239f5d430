"""CELL131: values were matched by a mapping."""

from tidegate.core.rules.rule import ReadingRule, Severity


class MatchedValues(ReadingRule):
    """Values were matched by a mapping.

    What it checks: A mapping says which value of your file stands for which value that the state
    collects. You have sent it with the file, or your office has saved it under My file formats.

    How to fix it: If a value was matched with the wrong one, end the mapping under My file formats
    and match the values again.
    """

    code = "CELL131"
    message = "Column {column}: {count} {were} matched by the file format: {values}"
    severity = Severity.NOTICE
    example_words = {"column": "{code_column}", "count": "12 values", "were": "were", "values": "A1 as 01, B2 as 02"}
