"""FILE037: three odd characters at the start of the file were ignored."""

from tidegate.core.rules.rule import ReadingRule, Severity


class MisreadMark(ReadingRule):
    """Three odd characters at the start of the file were ignored.

    What it checks: Programs put an invisible mark (the byte order mark) in front of UTF-8. A
    program that does not know it shows three letters and saves them. They are not part of the first
    column name.

    How to fix it: To avoid this notice, open the file as UTF-8 (Excel: Data > From Text/CSV) and
    save it as CSV UTF-8. Check letters such as é, too: they may have been misread.
    """

    code = "FILE037"
    message = 'The file begins with "{letters}", a mark that another program saved as letters; we ignored it'
    severity = Severity.NOTICE
    is_about_header = True
    example_words = {"letters": "\u00ef\u00bb\u00bf"}
