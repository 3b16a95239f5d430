"""FILE002: the file is not a text file."""

from tidegate.core.rules.rule import ReadingRule


class NotATextFile(ReadingRule):
    """The file is not a text file.

    What it checks: The first bytes of the file, whatever its name. Excel workbooks, PDF documents,
    web pages and pictures are recognized.

    How to fix it: Open the file in the program that made it and save it as CSV. In Excel: File >
    Save As > CSV UTF-8 (Comma delimited). Renaming a file does not change what it is.
    """

    code = "FILE002"
    message = "The file is {content}, not a CSV or TXT file"
    example_words = {"content": "an Excel workbook (XLSX)"}
