"""FILE024: rows end early."""

from tidegate.core.rules.rule import ReadingRule, Severity


class EarlyEnds(ReadingRule):
    """Rows end early.

    What it checks: Rows may leave cells out at their end, where those may be blank. Some spreadsheet programs do
    so.

    How to fix it: Nothing has to be done.
    """

    code = "FILE024"
    message = "{count} before the last columns; the cells that are missing were read as blank"
    severity = Severity.NOTICE
    example_words = {"count": "12 rows end"}
