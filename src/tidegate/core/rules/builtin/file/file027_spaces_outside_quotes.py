"""FILE027: values had spaces outside their quotation marks."""

from tidegate.core.rules.rule import ReadingRule, Severity


class SpacesOutsideQuotes(ReadingRule):
    """Values had spaces outside their quotation marks.

    What it checks: A quoted value begins right after the separator and ends right before the next
    one. Spaces in between are removed.

    How to fix it: To avoid this notice, export the file without spaces next to the commas.
    """

    code = "FILE027"
    message = "Column {column}: {count} had spaces outside the quotation marks; we removed them"
    severity = Severity.NOTICE
    example_words = {"column": "{student_column}", "count": "12 values"}
