"""FILE015: the header and the rows use different separators."""

from tidegate.core.rules.rule import ReadingRule, Severity


class TwoDelimiters(ReadingRule):
    """The header and the rows use different separators.

    What it checks: The character that separates the columns is the same in the header and in the
    rows. If it is not, and the first row has as many columns as the header, each is read with its
    own.

    How to fix it: To avoid this notice, use the same character in the header and in the rows.
    """

    code = "FILE015"
    message = "The header separates its columns with {header} and the rows with {rows}; we read each its own way"
    severity = Severity.NOTICE
    is_about_header = True
    example_words = {"header": '";"', "rows": '","'}
