"""CELL121: extra spaces or apostrophes were removed."""

from tidegate.core.rules.rule import ReadingRule, Severity


class Wrappings(ReadingRule):
    """Extra spaces or apostrophes were removed.

    What it checks: Some programs write a number as ="0123" or as '0123, so that a spreadsheet keeps
    its zeros. Such signs are removed, and so are spaces around a value and invisible characters
    inside it.

    How to fix it: To avoid this notice, turn the option for Excel off in the program that writes
    the file.
    """

    code = "CELL121"
    message = "Column {column}: {count} had extra spaces or apostrophes; we removed them"
    severity = Severity.NOTICE
    example_words = {"column": "{student_column}", "count": "12 values"}
