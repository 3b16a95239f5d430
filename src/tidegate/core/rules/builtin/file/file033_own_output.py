"""FILE033: the file is one that tidegate made."""

from tidegate.core.rules.rule import ReadingRule


class OwnOutput(ReadingRule):
    """The file is one that tidegate made.

    What it checks: The file is not a Result Log, a full log, an answer file or a receipt, which are
    about an upload.

    How to fix it: Send your data file. To correct the rows that were not loaded, download the fix
    file from the upload's page, correct it and send it.
    """

    code = "FILE033"
    message = "The file is {content} that tidegate made, not a {name} file"
    example_words = {"content": "a Result Log", "name": "{file_type}"}
