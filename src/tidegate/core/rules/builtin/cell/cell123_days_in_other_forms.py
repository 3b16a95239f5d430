"""CELL123: dates were written in another program's way and were read."""

from tidegate.core.rules.rule import ReadingRule, Severity


class DaysInOtherForms(ReadingRule):
    """Dates were written in another program's way and were read.

    What it checks: Programs also write 2020-09-01 as 2020/9/1, 20200901, 01SEP2020, September 1, 2020 or
    2020-09-01 00:00:00, which can mean no other day. 9/1/20, 01-SEP-20 and 44075, the number of days that a
    spreadsheet has counted, are taken where the date must be in the school year and is.

    How to fix it: Nothing has to be done. To avoid this notice, let the program write dates as YYYY-MM-DD or M/D/YYYY,
    without a time of day.
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
