"""FILE006: columns are not known."""

from tidegate.core.rules.rule import ReadingRule


class UnknownColumns(ReadingRule):
    """Columns are not known.

    What it checks: Every name in the header is a column of the layout or a known extra.

    How to fix it: Correct the spelling of the column names, or take the columns out of the file.
    """

    code = "FILE006"
    message = "Columns are not known: {columns}"
    example_words = {"columns": '"CTE_Program"'}
