"""FILE004: row 1 is not a header."""

from tidegate.core.rules.rule import ReadingRule


class NoHeader(ReadingRule):
    """Row 1 is not a header.

    What it checks: The first row that is not blank holds the column names. Here none of its cells
    is a column name, and it looks like data.

    How to fix it: Add the header as row 1; you can copy it from the sample file. Your student
    information system may have an option such as Include Header.
    """

    code = "FILE004"
    message = "Row {row} should hold the column names, and it holds data"
    example_words = {"row": "1"}
