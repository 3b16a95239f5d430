"""FILE034: the columns are separated by something else."""

from tidegate.core.rules.rule import ReadingRule


class OtherDelimiter(ReadingRule):
    """The columns are separated by something else.

    What it checks: Commas, tabs, semicolons or pipes separate the columns. Values such as names
    have spaces, so a file with spaces between its columns cannot be read reliably.

    How to fix it: Export the file again with commas. R: write.csv(data, "file.csv", row.names =
    FALSE, na = ""). Excel: CSV UTF-8 instead of Formatted Text (Space delimited).
    """

    code = "FILE034"
    message = "The columns are separated by {sign}, not by commas, tabs, semicolons or pipes"
    is_about_header = True
    example_words = {"sign": "spaces"}
