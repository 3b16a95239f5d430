"""FILE018: a cell is too long."""

from tidegate.core.rules.rule import ReadingRule


class TooLongCell(ReadingRule):
    """A cell is too long.

    What it checks: No cell has more than 32,767 characters, the most that a spreadsheet cell can
    hold.

    How to fix it: A closing quotation mark is probably missing, so that rows have run together, or
    a whole document was pasted into the cell. Correct the cell.
    """

    code = "FILE018"
    message = "The cell under {column} holds {count} characters"
    example_words = {"column": "{text_column}", "count": "5,000,000"}
