"""FILE008: the file is of another type."""

from tidegate.core.rules.rule import ReadingRule


class OtherFileType(ReadingRule):
    """The file is of another type.

    What it checks: The header does not match the chosen file type, and matches another one.

    How to fix it: Send the file again and choose its own entry under File Type.
    """

    code = "FILE008"
    message = "These are the columns of a {other} file, not of a {name} file"
    known = ("This is a {other} file. Send it again and choose {other} under File Type",)
    known_is_fix = True
    is_about_header = True
    example_words = {"other": "Staff", "name": "{file_type}"}
