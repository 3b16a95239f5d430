"""FILE043: lines that a person has chosen are not on file any more as they were."""

from tidegate.core.rules.rule import ReadingRule


class LinesGone(ReadingRule):
    """Lines that a person has chosen to withdraw or to correct are not on file any more as they were.

    What it checks: Lines are withdrawn together or not at all, and a line is corrected as the person has seen it. If
    one of them was changed or withdrawn since, nothing is done.

    How to fix it: Look at what is on file now: on the student's page, or on that of the file once it was sent again as
    a check. Then choose again.
    """

    code = "FILE043"
    message = "Nothing was changed, because lines on file have changed since they were chosen"
