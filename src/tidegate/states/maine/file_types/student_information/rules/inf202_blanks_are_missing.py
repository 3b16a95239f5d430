"""INF202: special populations are blank."""

import polars as pl

from tidegate.core.rules.expressions import text
from tidegate.core.rules.rule import RowRule, Severity

_POPULATIONS = (
    "DisabilityStatus", "EconomicallyDisadvantaged", "NontraditionalField", "SingleParent", "OutOfWorkforce",
    "EnglishLearner", "Homeless", "FosterCare", "ParentOnActiveDuty", "Migratory",
)  # fmt: skip
_NO = dict.fromkeys(_POPULATIONS[1:], "N") | {"DisabilityStatus": "NONE"}


class BlanksAreMissing(RowRule):
    """Special populations are blank, which is not a no.

    What it checks: Each special population has a value. A blank is loaded as missing and counted as
    missing in every report, never as no: some programs write a blank where they mean no. The row is
    loaded anyway.

    How to fix it: If your program writes a blank for no, let it write N (and NONE for
    DisabilityStatus). If you do not know the answer, leave the blank.
    """

    code = "INF202"
    message = "Left blank, which counts as missing and not as no: {blank}"
    cause = "Special populations are blank, which counts as missing and not as no"
    may_be_relaxed = True
    severity = Severity.WARNING
    columns = _POPULATIONS
    good = (_NO, _NO | {"Homeless": "Y"})
    bad = (_NO | {"Homeless": ""}, dict.fromkeys(_POPULATIONS, ""))

    def broken(self) -> pl.Expr:
        """True where one of them is blank."""
        return pl.any_horizontal(text(name) == "" for name in _POPULATIONS)

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the columns that are blank."""
        named = [pl.when(text(name) == "").then(pl.lit(name)) for name in _POPULATIONS]
        return {"blank": pl.concat_str(named, separator=", ", ignore_nulls=True)}
