"""FILE040: too many of the file's rows cannot be read."""

from tidegate.core.rules.rule import ReadingRule


class TooManyUnreadable(ReadingRule):
    """Too many of the file's rows cannot be read.

    What it checks: Of a file with at least 10,000 rows that are cut short, too long or have broken quotes, these are no
    larger share than the state has set. Most states set none.

    How to fix it: Look at a few rows in a text editor and compare them with the header: most often the columns are not
    those of this file type, or the program that wrote the file has lost its commas. Export the file again.
    """

    code = "FILE040"
    message = "{count} of the file's {rows} rows cannot be read, more than the {limit} % that are allowed"
    example_words = {"count": "900,000", "rows": "1,000,000", "limit": "50"}
