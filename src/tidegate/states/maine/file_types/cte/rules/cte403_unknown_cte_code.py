"""CTE403: there is no such CTE code in the school year."""

import polars as pl

from tidegate.core.rules.expressions import stored, value
from tidegate.core.rules.rule import RowRule


class UnknownCteCode(RowRule):
    """There is no such CTE code in the school year.

    What it checks: The CTE code is on the state's list of CTE codes and valid in the school year. A
    code that lost its zeros in a spreadsheet (1.0205 for 01.0205) is corrected; a family such as 43
    alone is not a code.

    How to fix it: The CTE code in the upload file is incorrect. Look up the program on the list of
    CTE codes of the school year, which you can download from the page of this file type, and write
    it with all its digits, like 01.0205.
    """

    code = "CTE403"
    message = 'Unable to resolve CTE Code "{CTECode}"'
    cause_by = ("column", "value")
    columns = ("CTECode",)
    good = ({"code.code": "01.0205"},)
    bad = ({"CTECode": "43", "code.code": None},)

    def broken(self) -> pl.Expr:
        """True where the list of the year does not have the code."""
        return value("CTECode").is_not_null() & stored("code.code").is_null()
