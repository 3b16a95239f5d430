"""CELL129: local IDs may have been read as powers of ten."""

from tidegate.core.rules.rule import ReadingRule, Severity


class ReadAsPower(ReadingRule):
    """Local IDs may have been read as powers of ten.

    What it checks: A spreadsheet reads the ID 1E5 as 1 with five zeros and saves 100000. If the
    other IDs of the column have a letter between digits, such a number is listed. The row is loaded
    anyway.

    How to fix it: Compare the value with your student information system. Before you work on the
    file in Excel, import it with Data > From Text/CSV and set this column to Text.
    """

    code = "CELL129"
    message = "Column {column}: {values} may have been {how}, which a spreadsheet reads as a power of ten"
    severity = Severity.NOTICE
    example_words = {"column": "{student_column}", "values": '"100000"', "how": '"1E5"'}
