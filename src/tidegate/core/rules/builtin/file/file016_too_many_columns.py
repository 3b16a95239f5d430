"""FILE016: the header has too many columns."""

from tidegate.core.rules.rule import ReadingRule


class TooManyColumns(ReadingRule):
    """The header has too many columns.

    What it checks: The header is only one row of names, and not a whole table written in one row.

    How to fix it: Look at the first row of the file. If everything is in one row, export the file
    again with one row per line. Otherwise take out the columns that are not in the requirements
    document.
    """

    code = "FILE016"
    message = "The header has {count} columns; {limit} are allowed"
    is_about_header = True
    example_words = {"count": "9,000", "limit": "500"}
