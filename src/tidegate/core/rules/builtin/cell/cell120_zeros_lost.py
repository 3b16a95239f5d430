"""CELL120: values had lost zeros and were put right."""

from tidegate.core.rules.rule import ReadingRule, Severity


class ZerosLost(ReadingRule):
    """Values had lost zeros and were put right.

    What it checks: A spreadsheet takes zeros off the front of a number and off the end of its decimals. Where only
    one value can be meant, it is taken.

    How to fix it: Nothing has to be done. To avoid this notice, set the column to Text when you open the file in
    Excel (Data > From Text/CSV), so that zeros stay.
    """

    code = "CELL120"
    message = "Column {column}: {count} lost a zero and {were} read as {values}"
    severity = Severity.NOTICE
    example_words = {"column": "CTECode", "count": "2 values", "were": "were", "values": '"01.0205", "13.1210"'}
