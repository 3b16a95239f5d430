"""FILE010: the columns are in a different order."""

from tidegate.core.rules.rule import ReadingRule, Severity


class OtherOrder(ReadingRule):
    """The columns are in a different order.

    What it checks: The columns are in the order of the requirements document.

    How to fix it: To avoid this notice, put the columns in the order of the requirements document.
    """

    code = "FILE010"
    message = "The columns are in a different order than in the requirements document; we matched them by name"
    severity = Severity.NOTICE
    is_about_header = True
