"""FILE041: a row is longer than any can be."""

from tidegate.core.rules.rule import ReadingRule


class TooLongRow(ReadingRule):
    """The row is longer than any can be.

    What it checks: No row has more than 1,000,000 characters, far more than its columns can hold.

    How to fix it: Look at the row in a text editor: most often the line ends of the file were lost, or a whole document
    was pasted into a cell. Divide it into rows again, or export the file again.
    """

    code = "FILE041"
    message = "The row has more than 1,000,000 characters, so that it cannot be read as columns"
