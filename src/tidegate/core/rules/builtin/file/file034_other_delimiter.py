"""FILE034: the columns are divided by something else."""

from tidegate.core.rules.rule import ReadingRule


class OtherDelimiter(ReadingRule):
    """The columns are divided by something else.

    What it checks: Commas, tabs, semicolons or pipes divide the columns. Values such as names have spaces in them, so
    that a file with spaces between the columns cannot be read for certain.

    How to fix it: Export the file again with commas. R: write.csv(data, "file.csv", row.names = FALSE, na = "").
    Excel: CSV UTF-8 instead of Formatted Text (Space delimited).
    """

    code = "FILE034"
    message = "The columns are divided by {sign}, not by commas, tabs, semicolons or pipes"
    example_words = {"sign": "spaces"}
