"""FILE031: the file is packed."""

from tidegate.core.rules.rule import ReadingRule


class Packed(ReadingRule):
    """The file is packed.

    What it checks: The first bytes of the file, whatever its name: archives such as ZIP and 7-Zip and compressed files
    such as GZIP and XZ are named as what they are.

    How to fix it: Unpack the file and send the CSV file that is in it. In Windows: right-click, Extract All.
    """

    code = "FILE031"
    message = "The file is {content}, not a CSV or TXT file"
    example_words = {"content": "a ZIP archive"}
