"""CELL123: dates in another form were read."""

from tidegate.core.rules.rule import ReadingRule, Severity


class DaysInOtherForms(ReadingRule):
    """Dates in another form were read.

    What it checks: Programs also write 2020-09-01 as 2020/9/1, 20200901, 01SEP2020, September 1,
    2020 or 2020-09-01 00:00:00, which can mean no other day. 9/1/20, 01-SEP-20 and 44075, the day
    number of Excel, are read if the date must be in the school year and is.

    How to fix it: To avoid this notice, have your program write dates as YYYY-MM-DD or M/D/YYYY,
    without a time of day.
    """

    code = "CELL123"
    message = "Column {column}: {count} {were} {form}; we read {pair}"
    severity = Severity.NOTICE
    example_words = {
        "column": "{day_column}",
        "count": "3 dates",
        "were": "were",
        "form": "saved as Excel day numbers",
        "pair": "44075 as 2020-09-01",
    }
