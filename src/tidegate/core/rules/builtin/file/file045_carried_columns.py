"""FILE045: extra columns were carried along to the full log."""

from tidegate.core.rules.rule import ReadingRule, Severity


class CarriedColumns(ReadingRule):
    """Extra columns were carried along to the full log.

    What it checks: The state lets a file have columns that it does not collect. They are not
    checked and not stored; the full log shows them beside each finding, so that you know the row.

    How to fix it: To avoid this notice, take the columns out of your export.
    """

    code = "FILE045"
    message = "These columns are not collected, so we only show them in the full log: {columns}"
    severity = Severity.NOTICE
    is_about_header = True
    example_words = {"columns": '"Teacher", "Homeroom"'}
