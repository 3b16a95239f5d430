"""FILE026: a footer was ignored."""

from tidegate.core.rules.rule import ReadingRule, Severity


class Footer(ReadingRule):
    """A footer was ignored.

    What it checks: Some programs write a total, the number of rows or a line of dashes. Such a row
    is not a record and does not count.

    How to fix it: To avoid this notice, delete the row, or turn totals off in the export.
    """

    code = "FILE026"
    message = 'This row is a total or a footer, not a student, so we ignored it: "{text}"'
    severity = Severity.NOTICE
    ignores_row = True
    example_words = {"text": "(120 rows affected)"}
