"""FILE012: a row above the header was ignored."""

from tidegate.core.rules.rule import ReadingRule, Severity


class RowAboveHeader(ReadingRule):
    """A row above the header was ignored.

    What it checks: The header is row 1. A title or a date above it is skipped where the header can
    be told apart from it; so are blank rows above it.

    How to fix it: To avoid this notice, delete the row, so that the header is row 1.
    """

    code = "FILE012"
    message = 'This row is above the header, so we ignored it: "{text}"'
    severity = Severity.NOTICE
    ignores_row = True
    example_words = {"text": "{file_type} as of 10/1/2020"}
