"""FILE007: columns have the same name."""

from tidegate.core.rules.rule import ReadingRule


class DoubledColumns(ReadingRule):
    """Columns have the same name.

    What it checks: Every column is in the header once.

    How to fix it: Delete the column that does not belong in the file, or correct its name.
    """

    code = "FILE007"
    message = "{count} columns are named {column}"
    is_about_header = True
    example_words = {"count": "Two", "column": "{first_column}"}
