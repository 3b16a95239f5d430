"""FILE005: columns are missing."""

from tidegate.core.rules.rule import ReadingRule


class MissingColumns(ReadingRule):
    """Columns are missing.

    What it checks: Every column of the layout stands in the header, also those whose cells may be blank.

    How to fix it: Add the columns to the header, with these names. The requirements document lists all columns in
    order.
    """

    code = "FILE005"
    message = "Columns are missing: {columns}"
    example_words = {"columns": '"CTECode", "StartDate"'}
