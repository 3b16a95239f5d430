"""ENR406: the school had closed before the enrollment begins."""

from datetime import date

import polars as pl

from tidegate.core.rules.expressions import stored, value
from tidegate.core.rules.rule import RowRule, Severity


class SchoolHasClosed(RowRule):
    """The school had closed before the enrollment begins.

    What it checks: EntryDate is not after the last day of the school, by the state's list of
    organizations. The row is loaded anyway.

    How to fix it: Use the ID of the school that the student went to. If the school is open, ask the
    state data team to correct its list.
    """

    code = "ENR406"
    message = 'EntryDate "{EntryDate}" is after {school.closed_on}, the last day of {school.name}'
    cause_by = ("school.name",)
    severity = Severity.WARNING
    columns = ("SchoolID", "EntryDate")
    good = ({"EntryDate": "2020-09-01"}, {"EntryDate": "2020-09-01", "school.closed_on": date(2020, 9, 1)})
    bad = ({"EntryDate": "2020-09-02", "school.closed_on": date(2020, 9, 1)},)

    def broken(self) -> pl.Expr:
        """True where the school is closed since a day before."""
        return value("EntryDate") > stored("school.closed_on")
