"""FILE003: there are no rows below the header."""

from tidegate.core.rules.rule import ReadingRule


class HeaderOnly(ReadingRule):
    """There are no rows below the header.

    What it checks: At least one row below the header is not blank.

    How to fix it: Export the file again. If it still has no rows, the export found no students:
    check the year and the school chosen in your student information system.
    """

    code = "FILE003"
    message = "The file has a header but no rows below it"
