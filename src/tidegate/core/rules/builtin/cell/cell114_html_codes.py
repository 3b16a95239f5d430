"""CELL114: letters were written as HTML codes."""

from tidegate.core.rules.rule import ReadingRule, Severity


class HtmlCodes(ReadingRule):
    """Letters were written as HTML codes.

    What it checks: Web programs write some letters and signs as codes: &#39; for an apostrophe, &euml; for ë. They are
    read as what they stand for.

    How to fix it: Nothing has to be done. To avoid this notice, ask the maker of the program to export the letters
    themselves.
    """

    code = "CELL114"
    message = "Column {column}: {count} had HTML codes such as &#39; and {were} read as {values}"
    severity = Severity.NOTICE
    example_words = {"column": "LastName", "count": "1 value", "were": "was", "values": '"O\'Neil"'}
