"""CELL120: lost zeros were restored."""

from tidegate.core.rules.rule import ReadingRule, Severity


class ZerosLost(ReadingRule):
    """Lost zeros were restored.

    What it checks: A spreadsheet drops zeros at the front of a number and at the end of its
    decimals. If only one value can be meant, it is used.

    How to fix it: To avoid this notice, set the column to Text when you open the file in Excel
    (Data > From Text/CSV), so that zeros stay.
    """

    code = "CELL120"
    message = "Column {column}: {count} lost a zero; we read {values}"
    severity = Severity.NOTICE
    example_words = {"column": "{code_column}", "count": "2 values", "values": '"01", "02"'}
