"""FILE004: row 1 is not a header."""

from tidegate.core.rules.rule import ReadingRule


class NoHeader(ReadingRule):
    """Row 1 is not a header.

    What it checks: The first row that is not blank names the columns. Here no cell of it is a column name, and it
    looks like data.

    How to fix it: Add the header as row 1. The sample file has it ready to copy. In your student information
    system, look for an option like Include Header.
    """

    code = "FILE004"
    message = "Row {row} does not hold the names of the columns"
    example_words = {"row": "1"}
