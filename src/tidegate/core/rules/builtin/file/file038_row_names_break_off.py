"""FILE038: the first column numbers the rows, but not all of them."""

from tidegate.core.rules.rule import ReadingRule


class RowNamesBreakOff(ReadingRule):
    """The first column numbers the rows, but not all of them.

    What it checks: A first column that numbers the rows is ignored if it has no name or one such as
    X, index or line_number (R, pandas and csvkit write such a column). Here a row has no number in
    it, or a lower one than the row above, so it may be something else.

    How to fix it: Delete the first column, or give it its name, and send the file again. R:
    write.csv(data, "file.csv", row.names = FALSE, na = ""). Python: data.to_csv("file.csv",
    index=False).
    """

    code = "FILE038"
    message = "{which} numbers the rows, but row {number} breaks the numbering"
    example_words = {"which": "The first column has no name of its own and", "number": "57"}
