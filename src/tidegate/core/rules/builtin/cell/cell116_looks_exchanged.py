"""CELL116: dates look as if day and month were swapped."""

from tidegate.core.rules.rule import ReadingRule, Severity


class LooksExchanged(ReadingRule):
    """Dates look as if day and month were swapped.

    What it checks: Some programs read 9/1/2020 as January 9 and save 2020-01-09. The dates of the
    column do not prove it, but nothing contradicts it, and something is odd about them. The rows
    are loaded as they are.

    How to fix it: Compare these dates with your student information system. If day and month were
    swapped, export the file again, and keep dates as text in the program that you use.
    """

    code = "CELL116"
    message = "Column {column}: day and month may be swapped in {values}, because {how}"
    severity = Severity.NOTICE
    example_words = {
        "column": "{day_column}",
        "values": '"2020-12-10"',
        "how": "another date is in the school year only that way",
    }
