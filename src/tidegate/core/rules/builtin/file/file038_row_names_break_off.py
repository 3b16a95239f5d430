"""FILE038: the rows are numbered, but not all of them."""

from tidegate.core.rules.rule import ReadingRule


class RowNamesBreakOff(ReadingRule):
    """The rows are numbered, but not all of them.

    What it checks: A first column that numbers the rows is left out where it has no name or one such as X, index or
    line_number (R, pandas and csvkit write such a column). Here a row below has no number in it, or a lower one than
    the row above, so that it may be something else.

    How to fix it: Take the first column out, or give it its name, and send the file again. R: write.csv(data,
    "file.csv", row.names = FALSE, na = ""). Python: data.to_csv("file.csv", index=False).
    """

    code = "FILE038"
    message = "{which} numbers the rows, but not in row {number}"
    example_words = {"which": "The first column has no name of its own and", "number": "57"}
