"""FILE028: the row has one cell too many."""

from tidegate.core.rules.rule import ReadingRule, Severity


class BlankBeyondHeader(ReadingRule):
    """The row has one cell too many.

    What it checks: A row has as many cells as the header and the other rows, even if the last ones
    are blank. If it has more, a comma inside a value may have pushed the rest to the right.

    How to fix it: Compare the values with their columns. Write 1.5 for 1,5, or put a value with a
    comma in quotation marks. If everything is in its column, you can leave the row as it is.
    """

    code = "FILE028"
    message = "The row has {text} too many"
    known = ("A comma inside a value (1,5) may have pushed the rest one column to the right: compare {columns}",)
    severity = Severity.WARNING
    example_words = {"text": "one cell", "columns": "{column_before} and {last_column}"}
