"""FILE044: columns were matched by a mapping."""

from tidegate.core.rules.rule import ReadingRule, Severity


class MatchedColumns(ReadingRule):
    """Columns were matched by a mapping.

    What it checks: A mapping says which column of your file is which column of the requirements
    document. You have sent it with the file, or your office has saved it under My file formats.

    How to fix it: If a column was matched with the wrong one, end that line under My file
    formats and match the columns again.
    """

    code = "FILE044"
    message = "Columns were matched by the file format: {columns}"
    severity = Severity.NOTICE
    is_about_header = True
    example_words = {"columns": '"Our{code_column}" is "{code_column}"'}
