"""FILE026: a footer was left out."""

from tidegate.core.rules.rule import ReadingRule, Severity


class Footer(ReadingRule):
    """A footer was left out.

    What it checks: Some programs write a total, the number of rows or a line of dashes among the rows. Such a row is no
    record and does not count.

    How to fix it: Nothing has to be done. To avoid this notice, take the row out, or switch totals off in the export.
    """

    code = "FILE026"
    message = 'The row is a footer, not a student, and was left out: "{text}"'
    severity = Severity.NOTICE
    example_words = {"text": "(120 rows affected)"}
