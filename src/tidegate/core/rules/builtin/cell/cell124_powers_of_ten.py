"""CELL124: long numbers were shortened by a spreadsheet."""

from tidegate.core.rules.rule import ReadingRule, Severity


class PowersOfTen(ReadingRule):
    """Long numbers were shortened by a spreadsheet.

    What it checks: A spreadsheet shows a number that is too long for its cell as 1.23E+08 and saves
    it that way. Each of these rows has its own error as well.

    How to fix it: Export the file again from your student information system. Before you work on it
    in Excel, import it with Data > From Text/CSV and set this column to Text.
    """

    code = "CELL124"
    message = "Column {column}: {count} {were} shortened to {values}; the digits are lost"
    severity = Severity.NOTICE
    example_words = {"column": "{student_column}", "count": "3 values", "were": "were", "values": "1.23E+08"}
