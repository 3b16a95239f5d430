"""CELL119: names and IDs read like blanks that are written out, and were kept."""

from tidegate.core.rules.rule import ReadingRule, Severity


class NamesLikeBlanks(ReadingRule):
    """Names or IDs read like blanks that are written out, and were kept.

    What it checks: R, pandas and databases write NA, N/A, NULL or None where there is no value. People have such
    names, too, so that they are kept where a name may be blank and no cell of the column is empty. So are IDs and
    other short texts in a column that has truly empty cells, too.

    How to fix it: If there is no value, have the program write nothing: na = "" in R, na_rep="" in pandas. Then send
    the file again. If it is a name or an ID, nothing has to be done.
    """

    code = "CELL119"
    message = "Column {column}: {count} {were} written {values} and kept as {how}"
    severity = Severity.NOTICE
    example_words = {"column": "MiddleName", "count": "12 values", "were": "were", "values": '"NA"', "how": "a name"}
