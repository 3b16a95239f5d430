"""FILE017: the file has too many rows."""

from tidegate.core.rules.rule import ReadingRule


class TooManyRows(ReadingRule):
    """The file has too many rows.

    What it checks: The number of rows is within the limit that the state has set.

    How to fix it: Divide the file into several, each with the header as row 1 and with all lines of a student in the
    same file, and send them one after the other.
    """

    code = "FILE017"
    message = "The file has {count} rows, more than the {limit} that are allowed"
    example_words = {"count": "12,000,000", "limit": "10,000,000"}
