"""FILE028: the row has blank cells beyond the header."""

from tidegate.core.rules.rule import ReadingRule, Severity


class BlankBeyondHeader(ReadingRule):
    """The row has blank cells beyond the header.

    What it checks: A row has no more cells than the header and than the other rows, even if the last ones are blank.
    One that has may hold a delimiter within a value, so that its values have moved to the right.

    How to fix it: Look whether every value of the row stands in its column. If a value has a comma in it, such as
    1,5 for 1.5, correct it or put it into double quotes. If all is in order, nothing has to be done.
    """

    code = "FILE028"
    message = (
        "The row has {count} columns where the header has {width}, the last of them blank; "
        "its values may have moved to the right"
    )
    severity = Severity.WARNING
    example_words = {"count": "10", "width": "9"}
