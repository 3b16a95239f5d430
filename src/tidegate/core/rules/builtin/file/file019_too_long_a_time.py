"""FILE019: the file takes too long."""

from tidegate.core.rules.rule import ReadingRule


class TooLongATime(ReadingRule):
    """The file takes too long.

    What it checks: The file is read, checked and loaded within the time that the state has set for one file.

    How to fix it: Divide the file into several, each with the header as row 1 and with all lines of a student in the
    same file, and send them one after the other. If a small file takes so long, tell the state's help desk.
    """

    code = "FILE019"
    message = "The file was not done within the {limit} that are allowed, and nothing of it was loaded"
    example_words = {"limit": "60 minutes"}
