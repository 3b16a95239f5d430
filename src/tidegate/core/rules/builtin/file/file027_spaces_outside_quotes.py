"""FILE027: values had spaces outside their double quotes."""

from tidegate.core.rules.rule import ReadingRule, Severity


class SpacesOutsideQuotes(ReadingRule):
    """Values had spaces outside their double quotes.

    What it checks: A value in double quotes begins right after the delimiter and ends right before the next. Spaces
    between them are left out.

    How to fix it: Nothing has to be done. To avoid this notice, export the file without spaces beside the commas.
    """

    code = "FILE027"
    message = "Column {column}: {count} had spaces outside the double quotes that were left out"
    severity = Severity.NOTICE
    example_words = {"column": "StateStudentID", "count": "12 values"}
