"""FILE043: chosen lines have changed meanwhile."""

from tidegate.core.rules.rule import ReadingRule


class LinesGone(ReadingRule):
    """Chosen lines have changed meanwhile.

    What it checks: Lines are withdrawn all together or not at all, and a line is corrected as the
    person saw it. If one of them was changed or withdrawn meanwhile, nothing is done. Neither is it
    if a line is added by hand that is on file already.

    How to fix it: Look at what is on file now, on the student's page or by sending the file again
    as a check. Then choose again. If a student has two lines alike, send both in a file.
    """

    code = "FILE043"
    message = (
        "Nothing was changed, because lines on file have changed since they were chosen, or what is added is on file "
        "already"
    )
