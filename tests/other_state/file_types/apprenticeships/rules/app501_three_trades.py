"""APP501: a student learns three trades at once."""

import polars as pl

from tidegate.core.rules.expressions import ROW, row_is_bad, value
from tidegate.core.rules.rule import FileRule


class ThreeTrades(FileRule):
    """A student learns three trades at once.

    What it checks: A student has two apprenticeships at most in a school year, in this file or on file.

    How to fix it: Remove one of them.
    """

    code = "APP501"
    message = "The student has {count} trades in this year, and two are the most"
    columns = ("Student", "Trade")
    partition_by = ("Student:value",)
    needs = ("Student:value", "Trade:value")
    good = ({"rows": [{"Trade": "JO"}, {"is_stored": True, "Trade": "BK"}, {"Trade": "BK"}]},)
    bad = ({"rows": [{"Trade": "JO", "is_stored": True}, {"Trade": "PL"}, {"Trade": "BK"}]},)

    def _count(self) -> pl.Expr:
        good = pl.when(~row_is_bad()).then(value("Trade"))
        return good.n_unique().over("Student:value") - good.null_count().over("Student:value").clip(0, 1)

    def broken(self) -> pl.Expr:
        """True for the rows of a student with three trades or more."""
        return pl.col(ROW).is_not_null() & value("Student").is_not_null() & (self._count() > 2)

    def message_values(self) -> dict[str, pl.Expr]:
        """Return how many trades the student has."""
        return {"count": self._count()}
