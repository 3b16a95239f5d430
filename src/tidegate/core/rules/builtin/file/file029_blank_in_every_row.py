"""FILE029: the rows have more cells than the header."""

from tidegate.core.rules.rule import ReadingRule, Severity


class BlankInEveryRow(ReadingRule):
    """The rows have more cells than the header.

    What it checks: The rows have no more cells than the header, even if the last ones are blank in all of them. They
    may hold a delimiter within a value, so that the values behind it have moved to the right.

    How to fix it: Look whether the values of some rows stand in their columns. If a column is written like 1,5 for 1.5,
    correct the export or let it put values into double quotes. If all is in order, nothing has to be done.
    """

    code = "FILE029"
    message = (
        "Rows have {count} columns where the header has {width}, the last of them blank in the first rows; "
        "values may have moved to the right"
    )
    severity = Severity.NOTICE
    example_words = {"count": "10", "width": "9"}
