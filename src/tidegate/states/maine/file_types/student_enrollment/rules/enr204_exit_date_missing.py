"""ENR204: the exit has no date."""

import polars as pl

from tidegate.core.rules.expressions import present, text
from tidegate.core.rules.rule import RowRule


class ExitDateMissing(RowRule):
    """The exit has no date.

    What it checks: There is an ExitDate if and only if there is an ExitType.

    How to fix it: Fill in the last day of the enrollment, or take ExitType out if it goes on.
    """

    code = "ENR204"
    message = 'ExitDate is blank although ExitType is "{ExitType}"'
    cause = "ExitDate is blank although there is an ExitType"
    columns = ("ExitDate", "ExitType")
    good = ({"ExitDate": "2021-01-15", "ExitType": "02"}, {"ExitDate": "", "ExitType": ""})
    bad = ({"ExitDate": "", "ExitType": "02"},)

    def broken(self) -> pl.Expr:
        """True where a type stands without a day."""
        return present("ExitType") & (text("ExitDate") == "")
