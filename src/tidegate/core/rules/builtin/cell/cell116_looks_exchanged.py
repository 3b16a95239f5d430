"""CELL116: dates look as if day and month had been exchanged."""

from tidegate.core.rules.rule import ReadingRule, Severity


class LooksExchanged(ReadingRule):
    """Dates look as if day and month had been exchanged.

    What it checks: Some programs read 9/1/2020 as January 9 and save 2020-01-09. The dates of the column do not show it
    for certain, but none speaks against it, and something is odd about them. The rows are loaded as they are.

    How to fix it: Compare these dates with your student information system. If day and month were exchanged, export the
    file again, and keep dates as text in the program that you work on it with.
    """

    code = "CELL116"
    message = "Column {column}: {values} may have day and month exchanged, since {how}"
    severity = Severity.NOTICE
    example_words = {
        "column": "StartDate",
        "values": '"2020-12-10"',
        "how": "another date is in the school year only so",
    }
