"""OUT201: credential and day are not both there."""

import polars as pl

from tidegate.core.rules.expressions import text
from tidegate.core.rules.rule import RowRule


class CredentialWithoutItsDay(RowRule):
    """Credential and day are not both there.

    What it checks: Credential and CredentialDate are both filled in, or both blank.

    How to fix it: Fill in the other one, or leave both blank where the student has earned no
    recognized credential this school year.
    """

    code = "OUT201"
    message = "{blank} is blank although {filled} is filled in"
    columns = ("Credential", "CredentialDate")
    good = ({"Credential": "", "CredentialDate": ""}, {"Credential": "A", "CredentialDate": "2021-05-01"})
    bad = ({"Credential": "A", "CredentialDate": ""}, {"Credential": "", "CredentialDate": "2021-05-01"})

    def broken(self) -> pl.Expr:
        """True where one of the two is blank."""
        return (text("Credential") == "") != (text("CredentialDate") == "")

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the column that is blank, and the other one."""
        has_code = text("Credential") != ""
        names = pl.lit("Credential"), pl.lit("CredentialDate")
        return {
            "blank": pl.when(has_code).then(names[1]).otherwise(names[0]),
            "filled": pl.when(has_code).then(names[0]).otherwise(names[1]),
        }
