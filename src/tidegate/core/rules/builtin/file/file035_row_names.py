"""FILE035: a column of row numbers was ignored."""

from tidegate.core.rules.rule import ReadingRule, Severity


class RowNames(ReadingRule):
    """A column of row numbers was ignored.

    What it checks: R, pandas and csvkit write a first column that numbers the rows, without a name
    or with one such as X, index or line_number. It is ignored if every row has a whole number in it
    that is higher than the one above.

    How to fix it: To avoid this notice, write the file without row names. R: write.csv(data,
    "file.csv", row.names = FALSE, na = ""). Python: data.to_csv("file.csv", index=False).
    """

    code = "FILE035"
    message = "{which} only numbers the rows ({numbers}), so we ignored it"
    severity = Severity.NOTICE
    is_about_header = True
    example_words = {"which": "The first column has no name of its own and", "numbers": "1, 2 \u2026"}
