"""FILE012: a row above the header was left out."""

from tidegate.core.rules.rule import ReadingRule, Severity


class RowAboveHeader(ReadingRule):
    """A row above the header was left out.

    What it checks: The header is row 1. A title or a date above it is passed over where the header can be told from
    it; blank rows above it are passed over, too.

    How to fix it: Nothing has to be done. To avoid this notice, take the row out, so that the header is row 1.
    """

    code = "FILE012"
    message = 'The row stands above the header and was left out: "{text}"'
    severity = Severity.NOTICE
    example_words = {"text": "CTE students as of 10/1/2020"}
