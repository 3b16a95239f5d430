"""FILE020: the row ends too early."""

from tidegate.core.rules.rule import ReadingRule


class ShortRow(ReadingRule):
    """The row ends too early.

    What it checks: Every row has a cell for every column that must not be blank.

    How to fix it: Look at the row in a text editor: a comma (or the character that separates your
    columns) is missing, or a line break in the middle of the row has cut it in two.
    """

    code = "FILE020"
    message = "The row stops after column {count} of {width}; {text}"
    example_words = {"count": "{shorter}", "width": "{width}", "text": "{last_column} is missing"}
