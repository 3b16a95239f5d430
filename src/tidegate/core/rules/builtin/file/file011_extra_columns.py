"""FILE011: extra columns were ignored."""

from tidegate.core.rules.rule import ReadingRule, Severity


class ExtraColumns(ReadingRule):
    """Extra columns were ignored.

    What it checks: Some student information systems add columns that the state does not collect,
    such as the name of the student.

    How to fix it: To avoid this notice, turn the option off in your export (PowerSchool: Include
    Student Name).
    """

    code = "FILE011"
    message = "These columns are not collected, so we ignored them: {columns}"
    severity = Severity.NOTICE
    is_about_header = True
    example_words = {"columns": '"LastName", "FirstName"'}
