"""FILE031: the file is compressed."""

from tidegate.core.rules.rule import ReadingRule


class Packed(ReadingRule):
    """The file is compressed.

    What it checks: The first bytes of the file, whatever its name. Archives such as ZIP and 7-Zip
    and compressed files such as GZIP and XZ are recognized.

    How to fix it: Extract the file and send the CSV file inside it. In Windows: right-click >
    Extract All.
    """

    code = "FILE031"
    message = "The file is {content}, not a CSV or TXT file"
    example_words = {"content": "a ZIP archive"}
