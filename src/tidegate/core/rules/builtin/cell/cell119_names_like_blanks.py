"""CELL119: names or IDs that look like "no value" were kept."""

from tidegate.core.rules.rule import ReadingRule, Severity


class NamesLikeBlanks(ReadingRule):
    """Names or IDs that look like "no value" were kept.

    What it checks: R, pandas and databases write NA, N/A, NULL or None if there is no value. People
    have such names, too, so they are kept if a name may be blank and no cell of the column is
    empty. So are IDs and other short texts in a column that also has empty cells.

    How to fix it: If there is no value, have your program write nothing: na = "" in R, na_rep="" in
    pandas. Then send the file again. If it really is a name or an ID, you can leave it.
    """

    code = "CELL119"
    message = "Column {column}: {count} said {values}; we kept {it} as {how}"
    severity = Severity.NOTICE
    example_words = {"column": "MiddleName", "count": "12 values", "it": "them", "values": '"NA"', "how": "names"}
