"""ENR204: the exit has no date."""

import polars as pl

from tidegate.core.rules.expressions import present, text
from tidegate.core.rules.rule import RowRule


class ExitDateMissing(RowRule):
    """The exit has no date.

    What it checks: ExitDate and ExitType are both filled in, or both blank.

    How to fix it: Fill in the last day of the enrollment, or take ExitType out if the enrollment
    goes on.
    """

    code = "ENR204"
    message = 'ExitDate is blank although ExitType is "{ExitType}"'
    cause = "ExitDate is blank although there is an ExitType"
    columns = ("ExitDate", "ExitType")
    good = ({"ExitDate": "2021-01-15", "ExitType": "02"}, {"ExitDate": "", "ExitType": ""})
    bad = ({"ExitDate": "", "ExitType": "02"},)

    def broken(self) -> pl.Expr:
        """True where there is a type and no day."""
        return present("ExitType") & (text("ExitDate") == "")
