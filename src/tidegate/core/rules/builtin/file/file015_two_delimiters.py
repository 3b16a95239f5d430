"""FILE015: the header and the rows have different delimiters."""

from tidegate.core.rules.rule import ReadingRule, Severity


class TwoDelimiters(ReadingRule):
    """The header and the rows have different delimiters.

    What it checks: The sign that divides the columns is the same in the header and below it. Where it is not, and the
    first row has as many columns as the header, each is read by its own.

    How to fix it: Nothing has to be done. To avoid this notice, write the header with the sign that the rows have.
    """

    code = "FILE015"
    message = "The columns are divided by {header} in the header and by {rows} in the rows; each was read as it is"
    severity = Severity.NOTICE
    example_words = {"header": '";"', "rows": '","'}
