"""FILE024: rows end early."""

from tidegate.core.rules.rule import ReadingRule, Severity


class EarlyEnds(ReadingRule):
    """Rows end early.

    What it checks: A row may leave out cells at its end if these may be blank. Some spreadsheet
    programs write rows like that.
    """

    code = "FILE024"
    message = "{count} before the last columns; we read the missing cells as blank"
    severity = Severity.NOTICE
    example_words = {"count": "12 rows end"}
