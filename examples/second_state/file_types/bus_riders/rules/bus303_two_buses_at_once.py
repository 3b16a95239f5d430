"""BUS303: the student rides two buses at the same time."""

import polars as pl

from tidegate.core.rules.expressions import ROW, row_is_bad, stored, value
from tidegate.core.rules.rule import FileRule


class TwoBusesAtOnce(FileRule):
    """The student rides two buses at the same time.

    What it checks: On no day a student rides two buses in the morning, or two in the afternoon.

    How to fix it: Give the bus that the student has left a LastDay, or delete the row that is not right. If the other
    ride is on file already, put its row with the LastDay into this file as well.
    """

    code = "BUS303"
    message = 'The student also rides route "{other_route}" from {other_first_day} on, at the same time of day'
    columns = ("StudentNumber", "TimeOfDay", "RouteCode", "FirstDay", "LastDay")
    partition_by = ("StudentNumber:value",)
    good = (
        {"rows": [{"LastDay": "2020-11-30"}, {"FirstDay": "2020-12-01"}]},
        {"rows": [{"TimeOfDay": "PM"}, {}]},
        {"rows": [{"StudentNumber": "0000000002"}, {}]},
        {"rows": [{"row_is_bad": True, "school.id": 1002}, {}]},
    )
    bad = (
        {"rows": [{"route.code": "B08", "FirstDay": "2020-10-01", "LastDay": "2020-10-31"}, {}]},
        {"rows": [{"route.code": "B08", "LastDay": "2020-12-01"}, {"FirstDay": "2020-12-01"}]},
        {"rows": [{"is_stored": True, "school.id": 1002}, {}]},
    )

    def broken(self) -> pl.Expr:
        """True where the student's ride that begins just before this one, or just after it, has a day in common.

        Rides further away need not be compared, since the rule is asked again until no further row turns bad.
        """
        return ~row_is_bad() & (_has_day_in_common(-1) | _has_day_in_common(1))

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the other ride's route and first day."""
        return {
            name: pl.when(_has_day_in_common(-1)).then(_neighbour(of, -1)).otherwise(_neighbour(of, 1))
            for name, of in (("other_route", stored("route.code")), ("other_first_day", value("FirstDay")))
        }


def _has_day_in_common(step: int) -> pl.Expr:
    """Return whether it has a day in common with another ride; a row of the same key is the same ride."""
    first, last, school = value("FirstDay"), value("LastDay").fill_null(pl.date(9999, 12, 31)), stored("school.id")
    is_other = (_neighbour(first, step) != first) | (_neighbour(school, step) != school)
    return (is_other & (_neighbour(first, step) <= last) & (_neighbour(last, step) >= first)).fill_null(False)


def _neighbour(of: pl.Expr, step: int) -> pl.Expr:
    """Return what another good ride of the student at this time of day has: the one before (-1) or after this one."""
    same = [value("StudentNumber"), value("TimeOfDay"), row_is_bad()]
    return of.shift(-step).over(same, order_by=[value("FirstDay"), pl.col(ROW)])
