"""FILE046: a comma has divided a number into two cells."""

from tidegate.core.rules.rule import ReadingRule


class DividedNumber(ReadingRule):
    """A comma has divided a number into two cells.

    What it checks: A row with one cell too many, the last one blank, has no two whole numbers side
    by side that are one number with a comma inside, such as 0,75: both would be stored in the wrong
    column.

    How to fix it: Write the number with a point, such as 0.75. If both cells are right, delete the
    comma at the end of the row.
    """

    code = "FILE046"
    message = 'The row has one cell too many: a comma seems to divide {column} "{text}" into two'
    cause = "A comma seems to divide {column} into two cells"
    cause_by = ("column",)
    example_words = {"column": "{last_column}", "text": "0,75"}
