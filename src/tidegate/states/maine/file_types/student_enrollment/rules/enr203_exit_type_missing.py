"""ENR203: the exit has no type."""

import polars as pl

from tidegate.core.rules.expressions import present, text
from tidegate.core.rules.rule import RowRule


class ExitTypeMissing(RowRule):
    """The exit has no type.

    What it checks: ExitDate and ExitType are both filled in, or both blank.

    How to fix it: Fill in why the enrollment ended, or take ExitDate out if the enrollment goes on.
    """

    code = "ENR203"
    message = 'ExitType is blank although ExitDate is "{ExitDate}"'
    cause = "ExitType is blank although there is an ExitDate"
    may_be_relaxed = True
    columns = ("ExitType", "ExitDate")
    good = ({"ExitDate": "2021-01-15", "ExitType": "02"}, {"ExitDate": "", "ExitType": ""})
    bad = ({"ExitDate": "2021-01-15", "ExitType": ""},)

    def broken(self) -> pl.Expr:
        """True where there is a day and no type."""
        return present("ExitDate") & (text("ExitType") == "")
