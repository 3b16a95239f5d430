"""FILE001: the file is empty."""

from tidegate.core.rules.rule import ReadingRule


class EmptyFile(ReadingRule):
    """The file is empty.

    What it checks: The file holds at least a header and one row.

    How to fix it: Export the file again and open it before you send it. If it is still empty, the
    export found no students: check the year and the school chosen in your student information
    system.
    """

    code = "FILE001"
    message = "The file is empty"
