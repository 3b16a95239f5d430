"""FILE035: a numbering of the rows was left out."""

from tidegate.core.rules.rule import ReadingRule, Severity


class RowNames(ReadingRule):
    """A numbering of the rows was left out.

    What it checks: R and pandas write a first column without a name that numbers the rows. It is left out where every
    row has a whole number in it that is higher than the one above.

    How to fix it: Nothing has to be done. To avoid this notice, write the file without row names. R: write.csv(data,
    "file.csv", row.names = FALSE, na = ""). Python: data.to_csv("file.csv", index=False).
    """

    code = "FILE035"
    message = "The first column has no name of its own and only numbers the rows ({numbers}); it was left out"
    severity = Severity.NOTICE
    example_words = {"numbers": "1, 2 \u2026"}
