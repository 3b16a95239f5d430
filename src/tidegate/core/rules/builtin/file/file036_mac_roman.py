"""FILE036: letters were read as Mac Roman."""

from tidegate.core.rules.rule import ReadingRule, Severity


class MacRoman(ReadingRule):
    """Letters were read as Mac Roman.

    What it checks: Excel for Mac writes letters such as é in a way of its own when it saves as CSV (Macintosh). A file
    is read so where its line ends and its letters show it.

    How to fix it: Look whether letters such as é came out right on the student's page. To avoid this notice, save the
    file as CSV UTF-8 (Comma delimited).
    """

    code = "FILE036"
    message = "Letters such as \u00e9 are saved as Mac Roman, as Excel for Mac does, and were read so"
    severity = Severity.NOTICE
