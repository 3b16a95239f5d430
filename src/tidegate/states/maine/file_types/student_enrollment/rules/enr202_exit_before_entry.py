"""ENR202: the enrollment ends before it begins."""

import polars as pl

from tidegate.core.rules.expressions import value
from tidegate.core.rules.rule import RowRule


class ExitBeforeEntry(RowRule):
    """The enrollment ends before it begins.

    What it checks: ExitDate is not before EntryDate.

    How to fix it: Correct the one that is wrong.
    """

    code = "ENR202"
    message = 'ExitDate "{ExitDate}" is before EntryDate "{EntryDate}"'
    cause = "ExitDate is before EntryDate"
    columns = ("ExitDate", "EntryDate")
    good = ({"EntryDate": "2020-09-01", "ExitDate": "2020-09-01"}, {"ExitDate": ""})
    bad = ({"EntryDate": "2020-10-01", "ExitDate": "2020-09-30"},)

    def broken(self) -> pl.Expr:
        """True where both days are known and in the wrong order."""
        return value("ExitDate") < value("EntryDate")
