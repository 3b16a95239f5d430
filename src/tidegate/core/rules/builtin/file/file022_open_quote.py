"""FILE022: a quote is not closed."""

from tidegate.core.rules.rule import ReadingRule


class OpenQuote(ReadingRule):
    """A quote is not closed.

    What it checks: A value that begins with a double quote also ends with one.

    How to fix it: Take the double quote out, or close it. A double quote within a quoted value is written twice. Until
    then a spreadsheet may show rows below within this one; the row numbers here are those that it shows afterwards.
    """

    code = "FILE022"
    message = "A double quote is opened in this row and not closed"
