"""FILE021: the row has too many columns."""

from tidegate.core.rules.rule import ReadingRule


class LongRow(ReadingRule):
    """The row has too many columns.

    What it checks: No row has more cells than the header, blank ones at the end aside.

    How to fix it: Look for a comma (or whatever divides the columns) within a value, such as in a name: put the value
    into double quotes, or take the comma out.
    """

    code = "FILE021"
    message = "The row has {count} columns where the header has {width}"
    example_words = {"count": "11", "width": "9"}
