"""CELL114: letters were written as HTML codes."""

from tidegate.core.rules.rule import ReadingRule, Severity


class HtmlCodes(ReadingRule):
    """Letters were written as HTML codes.

    What it checks: Web programs write some letters and signs as codes: &#39; for an apostrophe,
    &euml; for ë. They are read as the letters that they mean.

    How to fix it: To avoid this notice, ask the maker of the program to export plain letters.
    """

    code = "CELL114"
    message = "Column {column}: {count} had HTML codes such as &#39;; we read {values}"
    severity = Severity.NOTICE
    example_words = {"column": "LastName", "count": "1 value", "values": '"O\'Neil"'}
