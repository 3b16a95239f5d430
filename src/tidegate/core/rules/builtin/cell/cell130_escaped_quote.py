"""CELL130: a quotation mark is written with a backslash."""

from tidegate.core.rules.rule import ReadingRule


class EscapedQuote(ReadingRule):
    r"""A quotation mark is written with a backslash.

    What it checks: Inside a quoted value, a quotation mark is written twice (""). MySQL and R write
    \" instead, as programming languages do, so a spreadsheet ends the value there and moves the
    rest into other columns.

    How to fix it: Have your program write a quotation mark twice, or take these quotation marks
    out. MySQL: FIELDS ESCAPED BY '"'. R: qmethod = "double". pandas: leave escapechar out.
    """

    code = "CELL130"
    message = 'A quotation mark inside a value is written \\", so the value seems to end there'
