"""FILE036: letters were saved by Excel for Mac."""

from tidegate.core.rules.rule import ReadingRule, Severity


class MacRoman(ReadingRule):
    """Letters were saved by Excel for Mac.

    What it checks: Excel for Mac has its own way to save letters such as é in a CSV (Macintosh)
    file. A file is read that way if its line ends and its letters show it.

    How to fix it: Check on the student's page that letters such as é are right. To avoid this
    notice, save the file as CSV UTF-8 (Comma delimited).
    """

    code = "FILE036"
    message = "Letters such as é were saved the way Excel for Mac does (Mac Roman); we read them that way"
    severity = Severity.NOTICE
