"""CELL130: a double quote within a value is written with a backslash."""

from tidegate.core.rules.rule import ReadingRule


class EscapedQuote(ReadingRule):
    r"""A double quote within a value is written with a backslash.

    What it checks: Within a value in double quotes, a double quote is written twice. MySQL and R write \" instead, as
    programming languages do, so that a spreadsheet ends the value there and moves what follows into other columns.

    How to fix it: Let the program write a double quote twice, or take these quotes out. MySQL: FIELDS ESCAPED BY '"'.
    R: qmethod = "double". pandas: leave escapechar out.
    """

    code = "CELL130"
    message = 'A double quote within a value is written \\", so that the value seems to end there'
