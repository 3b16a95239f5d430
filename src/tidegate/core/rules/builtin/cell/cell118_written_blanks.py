"""CELL118: words for "no value" were read as blank."""

from tidegate.core.rules.rule import ReadingRule, Severity


class BlanksWrittenOut(ReadingRule):
    """Words for "no value" were read as blank.

    What it checks: R, pandas and databases write NA, N/A, NULL, None or #N/A if there is no value.
    In a column that may be blank, this is read as blank if no other cell of the column is empty
    and the word is none of the column's own codes.

    How to fix it: To avoid this notice, have your program write nothing if there is no value: na =
    "" in R, na_rep="" in pandas.
    """

    code = "CELL118"
    message = "Column {column}: {count} said {values}; we read that as blank"
    severity = Severity.NOTICE
    example_words = {"column": "{optional_column}", "count": "12 values", "values": '"NA"'}
