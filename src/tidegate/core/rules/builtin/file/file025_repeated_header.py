"""FILE025: the header is repeated."""

from tidegate.core.rules.rule import ReadingRule, Severity


class RepeatedHeader(ReadingRule):
    """The header is repeated.

    What it checks: The file has one header. A row that repeats it is not a record and does not
    count.

    How to fix it: To avoid this notice, delete the row. It often comes from joining two files.
    """

    code = "FILE025"
    message = "This row repeats the header, so we ignored it"
    severity = Severity.NOTICE
    ignores_row = True
