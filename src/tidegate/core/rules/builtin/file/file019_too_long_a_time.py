"""FILE019: the file takes too long."""

from tidegate.core.rules.rule import ReadingRule


class TooLongATime(ReadingRule):
    """The file takes too long.

    What it checks: The file is read, checked and loaded within the time that the state allows for
    one file.

    How to fix it: Split it; keep all lines of a student in the same file. Each file needs the
    header as row 1. If a small file takes this long, tell the state's help desk.
    """

    code = "FILE019"
    message = "The file took longer than the {limit} allowed, and nothing was loaded"
    example_words = {"limit": "60 minutes"}
