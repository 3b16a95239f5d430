"""OUT202: the row has no outcome."""

import polars as pl

from tidegate.core.rules.expressions import text
from tidegate.core.rules.rule import RowRule, Severity

_OUTCOMES = ("Credential", "CredentialDate", "WorkBasedLearning", "Placement")


class NoOutcome(RowRule):
    """The row has no outcome.

    What it checks: At least one of Credential, WorkBasedLearning and Placement is filled in. The row
    is loaded anyway: it takes the place of a line on file that had one by mistake.

    How to fix it: Fill in what the student has attained, or leave the row out.
    """

    code = "OUT202"
    message = "Credential, WorkBasedLearning and Placement are blank"
    may_be_relaxed = True
    severity = Severity.WARNING
    columns = _OUTCOMES
    good = ({"WorkBasedLearning": "JobShadowing"}, {"WorkBasedLearning": "", "Placement": "POSTSEC"})
    bad = ({"WorkBasedLearning": ""},)

    def broken(self) -> pl.Expr:
        """True where all of them are blank."""
        return pl.all_horizontal(text(name) == "" for name in _OUTCOMES)
