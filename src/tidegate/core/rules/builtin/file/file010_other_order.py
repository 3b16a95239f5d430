"""FILE010: the columns stand in another order."""

from tidegate.core.rules.rule import ReadingRule, Severity


class OtherOrder(ReadingRule):
    """The columns stand in another order.

    What it checks: The columns stand in the order of the requirements document.

    How to fix it: Nothing has to be done. To avoid this notice, put the columns in the order of the requirements
    document.
    """

    code = "FILE010"
    message = "The columns stand in another order than in the requirements document and were taken by their names"
    severity = Severity.NOTICE
