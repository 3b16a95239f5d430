"""FILE016: the header has too many columns."""

from tidegate.core.rules.rule import ReadingRule


class TooManyColumns(ReadingRule):
    """The header has too many columns.

    What it checks: The header is one of a table, and not a whole table written in one row.

    How to fix it: Look at the first row of the file. Where everything stands in one row, export it again with one row
    per line; otherwise take out the columns that the requirements document does
    not have.
    """

    code = "FILE016"
    message = "The header has {count} columns, more than the {limit} that are allowed"
    example_words = {"count": "9,000", "limit": "500"}
