"""FILE025: the header stands again."""

from tidegate.core.rules.rule import ReadingRule


class RepeatedHeader(ReadingRule):
    """The header stands again.

    What it checks: The header stands once, as row 1.

    How to fix it: Take the row out. It often comes from putting two files together.
    """

    code = "FILE025"
    message = "Row repeats the header"
