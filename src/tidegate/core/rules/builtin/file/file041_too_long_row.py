"""FILE041: a row is too long."""

from tidegate.core.rules.rule import ReadingRule


class TooLongRow(ReadingRule):
    """A row is too long.

    What it checks: No row has more than 1,000,000 characters, far more than its columns can hold.

    How to fix it: Look at the row in a text editor. Usually the line ends of the file were lost, or
    a whole document was pasted into a cell. Put each row on its own line again, or export the file
    again.
    """

    code = "FILE041"
    message = "The row has more than 1,000,000 characters, so it cannot be read as columns"
