"""FILE013: the file is too large."""

from tidegate.core.rules.rule import ReadingRule


class TooLarge(ReadingRule):
    """The file is too large.

    What it checks: The file is no larger than the state allows.

    How to fix it: Split it; keep all lines of a student in the same file. Each file needs the
    header as row 1.
    """

    code = "FILE013"
    message = "The file is larger than the {limit} MB allowed"
    example_words = {"limit": "500"}
