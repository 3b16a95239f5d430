"""FILE025: the header stands again."""

from tidegate.core.rules.rule import ReadingRule, Severity


class RepeatedHeader(ReadingRule):
    """The header stands again.

    What it checks: The header stands once. A row that repeats it is no record and does not count.

    How to fix it: Nothing has to be done. To avoid this notice, take the row out. It often comes from putting two
    files together.
    """

    code = "FILE025"
    message = "The row repeats the header and was left out"
    severity = Severity.NOTICE
