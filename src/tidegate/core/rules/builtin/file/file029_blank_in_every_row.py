"""FILE029: the rows have more cells than the header."""

from tidegate.core.rules.rule import ReadingRule, Severity


class BlankInEveryRow(ReadingRule):
    """The rows have more cells than the header.

    What it checks: The rows have as many cells as the header, even if the last ones are blank. If
    they have more, a comma inside a value may have pushed the rest to the right.

    How to fix it: Compare the values of some rows with their columns. If a column has values such
    as 1,5 for 1.5, correct the export or let it put values in quotation marks.
    """

    code = "FILE029"
    message = "The rows have {cells} too many"
    known = ("A comma inside a value (1,5) may have pushed the rest one column to the right: compare {columns}",)
    severity = Severity.NOTICE
    is_about_header = True
    example_words = {"cells": "one cell", "columns": "{column_before} and {last_column}"}
