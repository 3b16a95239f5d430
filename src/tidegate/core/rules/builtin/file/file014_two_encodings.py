"""FILE014: letters stand in two encodings."""

from tidegate.core.rules.rule import ReadingRule, Severity


class TwoEncodings(ReadingRule):
    """Letters stand in two encodings.

    What it checks: A file has one way to write letters such as é. This one is UTF-8, but some values are not; they
    were read as Windows-1252, which older programs write.

    How to fix it: Look whether the letters of these values came out right on the student's page. To avoid this
    notice, export the file again in one piece and save it as CSV UTF-8.
    """

    code = "FILE014"
    message = (
        "Column {column}: {count} had letters such as \u00e9 in an older form (Windows-1252) "
        "than the rest of the file; they were read so"
    )
    severity = Severity.NOTICE
    example_words = {"column": "Comments", "count": "2 values"}
