"""FILE013: the file is too large."""

from tidegate.core.rules.rule import ReadingRule


class TooLarge(ReadingRule):
    """The file is too large.

    What it checks: The size of the file is within the limit that the state has set.

    How to fix it: Divide the file into several, each with the header as row 1, and send them one after the other.
    """

    code = "FILE013"
    message = "The file is larger than the {limit} MB that are allowed"
    example_words = {"limit": "500"}
