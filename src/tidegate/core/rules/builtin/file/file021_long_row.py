"""FILE021: the row has too many columns."""

from tidegate.core.rules.rule import ReadingRule


class LongRow(ReadingRule):
    """The row has too many columns.

    What it checks: No row has more cells than the header, except blank ones at the end.

    How to fix it: Look for a comma (or the character that separates your columns) inside a value,
    such as a name. Put that value in quotation marks, or take the comma out.
    """

    code = "FILE021"
    message = "The row has {count} cells and the header has {width}"
    example_words = {"count": "11", "width": "9"}
