"""FILE038: the rows are numbered, but not all of them."""

from tidegate.core.rules.rule import ReadingRule


class RowNamesBreakOff(ReadingRule):
    """The rows are numbered, but not all of them.

    What it checks: A first column without a name is left out where it numbers the rows (R and pandas write such a
    column). Here a row below has no number in it, or a lower one than the row above, so that it may be something else.

    How to fix it: Take the first column out, or give it its name, and send the file again. R: write.csv(data,
    "file.csv", row.names = FALSE, na = ""). Python: data.to_csv("file.csv", index=False).
    """

    code = "FILE038"
    message = "The first column has no name of its own and numbers the rows, but not in row {number}"
    example_words = {"number": "57"}
