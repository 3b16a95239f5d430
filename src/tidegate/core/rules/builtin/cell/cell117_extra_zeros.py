"""CELL117: values had extra zeros and were read without them."""

from tidegate.core.rules.rule import ReadingRule, Severity


class ExtraZeros(ReadingRule):
    """Values had extra zeros and were read without them.

    What it checks: Some programs fill a number up with zeros, so that all are of one length: 0202 for the
    {words.sau} 202. Where only one value can be meant, it is taken.

    How to fix it: Nothing has to be done. To avoid this notice, have the program that writes the file leave numbers as
    long as they are.
    """

    code = "CELL117"
    message = "Column {column}: {count} had extra zeros and {were} read as {values}"
    severity = Severity.NOTICE
    example_words = {"column": "SAUID", "count": "2 values", "were": "were", "values": '"202"'}
