"""FILE014: accented letters were saved in two ways."""

from tidegate.core.rules.rule import ReadingRule, Severity


class TwoEncodings(ReadingRule):
    """Accented letters were saved in two ways.

    What it checks: A file has one way to save letters such as é. This one is UTF-8, but some values
    are not; we read these as Windows-1252, which older programs write.

    How to fix it: To avoid this notice, export the file again in one piece and save it as CSV
    UTF-8.
    """

    code = "FILE014"
    message = "Column {column}: accented letters in {count} were saved in an older way (Windows-1252)"
    known = ("Check names such as {examples}",)
    severity = Severity.NOTICE
    example_words = {"column": "{text_column}", "count": "2 values", "examples": '"Ren\u00e9e"'}
