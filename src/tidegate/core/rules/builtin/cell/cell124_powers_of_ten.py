"""CELL124: long numbers are shown in powers of ten and cannot be read."""

from tidegate.core.rules.rule import ReadingRule, Severity


class PowersOfTen(ReadingRule):
    """Long numbers are shown in powers of ten and cannot be read.

    What it checks: A spreadsheet shows a number that is too long for its cell like 1.23E+08 and saves it so. Each of
    the rows has an error of its own as well.

    How to fix it: Export the file again from your student information system. Before you work on it in Excel, import
    it with Data > From Text/CSV and set this column to Text.
    """

    code = "CELL124"
    message = "Column {column}: {count} {are} shown as {values} and cannot be read"
    severity = Severity.NOTICE
    example_words = {"column": "StateStudentID", "count": "3 values", "are": "are", "values": "1.23E+08"}
