"""FILE040: too many of the file's rows cannot be read."""

from tidegate.core.rules.rule import ReadingRule


class TooManyUnreadable(ReadingRule):
    """Too many of the file's rows cannot be read.

    What it checks: In a file with at least 10,000 rows that are cut short, too long or have broken
    quotation marks, these are no larger share than the state allows. Most states set no limit.

    How to fix it: Compare a few rows with the header in a text editor. Usually the columns are not
    those of this file type, or the program that wrote the file lost its commas. Export the file
    again.
    """

    code = "FILE040"
    message = "{count} of the file's {rows} rows cannot be read; up to {limit} % are allowed"
    example_words = {"count": "900,000", "rows": "1,000,000", "limit": "50"}
