"""FILE008: the file is of another type."""

from tidegate.core.rules.rule import ReadingRule


class OtherFileType(ReadingRule):
    """The file is of another type.

    What it checks: The header does not fit the chosen file type, and fits another one.

    How to fix it: Send the file again and choose the other entry under File Type.
    """

    code = "FILE008"
    message = "The columns are those of a {other} file, not of a {name} file"
    example_words = {"other": "Student Enrollment", "name": "CTE"}
