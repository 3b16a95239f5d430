"""FILE017: the file has too many rows."""

from tidegate.core.rules.rule import ReadingRule


class TooManyRows(ReadingRule):
    """The file has too many rows.

    What it checks: The file has no more rows than the state allows.

    How to fix it: Split it; keep all lines of a student in the same file. Each file needs the
    header as row 1.
    """

    code = "FILE017"
    message = "The file has {count} rows; {limit} are allowed"
    example_words = {"count": "12,000,000", "limit": "10,000,000"}
