"""FILE023: a quote stands within a quoted value."""

from tidegate.core.rules.rule import ReadingRule


class QuoteInside(ReadingRule):
    """A quote stands within a quoted value.

    What it checks: Within a value in double quotes, a double quote is written twice.

    How to fix it: Take the double quote out, or write it twice.
    """

    code = "FILE023"
    message = "A double quote stands in the middle of a quoted value"
