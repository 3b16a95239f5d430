"""FILE023: a quotation mark is inside a quoted value."""

from tidegate.core.rules.rule import ReadingRule


class QuoteInside(ReadingRule):
    """A quotation mark is inside a quoted value.

    What it checks: Inside a quoted value, a quotation mark is written twice ("").

    How to fix it: Take the quotation mark out, or write it twice ("").
    """

    code = "FILE023"
    message = 'A quotation mark (") is in the middle of a quoted value'
