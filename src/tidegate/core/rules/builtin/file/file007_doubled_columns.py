"""FILE007: columns stand twice."""

from tidegate.core.rules.rule import ReadingRule


class DoubledColumns(ReadingRule):
    """Columns stand twice.

    What it checks: Every column stands once in the header.

    How to fix it: Take the columns out that are too many.
    """

    code = "FILE007"
    message = "Columns stand more than once: {columns}"
    example_words = {"columns": '"SAUID"'}
