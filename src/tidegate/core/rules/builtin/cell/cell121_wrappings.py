"""CELL121: values stood in a spreadsheet's wrapping and were taken out of it."""

from tidegate.core.rules.rule import ReadingRule, Severity


class Wrappings(ReadingRule):
    """Values stood in a spreadsheet's wrapping and were taken out of it.

    What it checks: Some programs write a number as ="0123" or as '0123, so that a spreadsheet keeps its zeros. The
    signs around the value are left out, and so are spaces of any kind around it and signs inside it that cannot be
    seen, such as marks for the direction of writing.

    How to fix it: Nothing has to be done. To avoid this notice, switch the option for Excel off in the program that
    writes the file.
    """

    code = "CELL121"
    message = "Column {column}: {count} had spaces or marks that do not belong to them and were left out"
    severity = Severity.NOTICE
    example_words = {"column": "StateStudentID", "count": "12 values"}
