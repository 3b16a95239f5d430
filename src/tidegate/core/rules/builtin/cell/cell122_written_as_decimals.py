"""CELL122: values were written as decimal numbers and were read as whole ones."""

from tidegate.core.rules.rule import ReadingRule, Severity


class WrittenAsDecimals(ReadingRule):
    """Values were written as decimal numbers and were read as whole ones.

    What it checks: Some programs write the number 1000 as 1000.0, or 900000001 as 9.00000001E+08. No digit is
    lost, so that the number is taken.

    How to fix it: Nothing has to be done. To avoid this notice, set the column to Text in the
    program that writes the file.
    """

    code = "CELL122"
    message = "Column {column}: {count} {were} written as a decimal number and read as {values}"
    severity = Severity.NOTICE
    example_words = {"column": "SAUID", "count": "2 values", "were": "were", "values": '"1000", "2000"'}
