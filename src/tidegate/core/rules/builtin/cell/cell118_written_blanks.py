"""CELL118: blanks were written out and were read as blank."""

from tidegate.core.rules.rule import ReadingRule, Severity


class BlanksWrittenOut(ReadingRule):
    """Blanks were written out and were read as blank.

    What it checks: R, pandas and databases write NA, N/A, NULL, None or #N/A where there is no value. This is read as
    blank in a column that may be blank, where no other cell of the column is empty.

    How to fix it: Nothing has to be done. To avoid this notice, have the program write nothing where there is no value:
    na = "" in R, na_rep="" in pandas.
    """

    code = "CELL118"
    message = "Column {column}: {count} {were} written {values} and read as blank"
    severity = Severity.NOTICE
    example_words = {"column": "EndDate", "count": "12 values", "were": "were", "values": '"NA"'}
