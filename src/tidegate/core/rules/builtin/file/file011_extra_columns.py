"""FILE011: known extra columns were left out."""

from tidegate.core.rules.rule import ReadingRule, Severity


class ExtraColumns(ReadingRule):
    """Known extra columns were left out.

    What it checks: Some student information systems add columns that are not collected, such as the student's name.

    How to fix it: Nothing has to be done. To avoid this notice, switch the option off in your export (PowerSchool:
    Include Student Name).
    """

    code = "FILE011"
    message = "Columns were left out because they are not collected: {columns}"
    severity = Severity.NOTICE
    example_words = {"columns": '"LastName", "FirstName"'}
