"""FILE037: a byte order mark that was read as letters was left out."""

from tidegate.core.rules.rule import ReadingRule, Severity


class MisreadMark(ReadingRule):
    """A byte order mark that was read as letters was left out.

    What it checks: Programs write a mark that cannot be seen in front of UTF-8. Another program that does not know it
    shows it as three letters and saves these. They are no part of the first column's name.

    How to fix it: Nothing has to be done. To avoid this notice, open the file as UTF-8 (Excel: Data > From Text/CSV)
    and save it as CSV UTF-8. Look whether letters such as é are right: they may have been misread, too.
    """

    code = "FILE037"
    message = 'The file begins with "{letters}", a byte order mark that a program read as letters; it was left out'
    severity = Severity.NOTICE
    example_words = {"letters": "\u00ef\u00bb\u00bf"}
