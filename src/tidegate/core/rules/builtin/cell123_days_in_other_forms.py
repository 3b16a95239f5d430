"""CELL123: dates were written in a spreadsheet's way and were read."""

from tidegate.core.rules.rule import ReadingRule, Severity


class DaysInOtherForms(ReadingRule):
    """Dates were written in a spreadsheet's way and were read.

    What it checks: A spreadsheet may write 2020-09-01 as 44075, the number of days that it has counted, as 9/1/20,
    or as 2020-09-01 0:00. Such a date is taken where it lies in the school year, since it can mean no other day.

    How to fix it: Nothing has to be done. To avoid this notice, format the column as a date with a year of four digits
    before you save.
    """

    code = "CELL123"
    message = "Column {column}: {count} {were} written {how} and read as {values}"
    severity = Severity.NOTICE
    example_words = {
        "column": "StartDate",
        "count": "1 value",
        "were": "was",
        "how": "as a spreadsheet counts days",
        "values": '"2020-09-01"',
    }
