"""CELL122: decimal numbers were read as whole ones."""

from tidegate.core.rules.rule import ReadingRule, Severity


class WrittenAsDecimals(ReadingRule):
    """Decimal numbers were read as whole ones.

    What it checks: Some programs write the number 1000 as 1000.0, or 900000001 as 9.00000001E+08.
    No digit is lost, so the number is used.

    How to fix it: To avoid this notice, set the column to Text in the program that writes the file.
    """

    code = "CELL122"
    message = "Column {column}: {count} {form}; we read {pair}"
    severity = Severity.NOTICE
    example_words = {
        "column": "{number_column}",
        "count": "2 numbers",
        "form": 'ended in ".0"',
        "pair": "{number}.0 as {number}",
    }
