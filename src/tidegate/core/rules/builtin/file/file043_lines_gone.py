"""FILE043: lines that were to be withdrawn are not on file any more."""

from tidegate.core.rules.rule import ReadingRule


class LinesGone(ReadingRule):
    """Lines that were to be withdrawn are not on file any more.

    What it checks: Lines are withdrawn together or not at all. If one of them was changed or withdrawn since a person
    looked at it, nothing is withdrawn.

    How to fix it: Send the file once more as a check: its page shows the lines that are on file now. Then choose again.
    """

    code = "FILE043"
    message = "Nothing was withdrawn, because some of the lines have changed since you chose them"
