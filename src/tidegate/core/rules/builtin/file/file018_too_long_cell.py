"""FILE018: a cell is longer than any can be."""

from tidegate.core.rules.rule import ReadingRule


class TooLongCell(ReadingRule):
    """A cell is longer than any can be.

    What it checks: No cell has more than 32,767 characters, the most that a cell of a spreadsheet holds.

    How to fix it: Look at the cell: most often a whole document was pasted into it, or a double quote is missing and
    rows have run together. Write the value that belongs there.
    """

    code = "FILE018"
    message = "Column {column} has {count} characters in this row, more than the 32,767 that a cell holds"
    example_words = {"column": "Comments", "count": "5,000,000"}
