"""CTE301: another row for the same student and CTE code has an error."""

from collections.abc import Sequence

import polars as pl

from tidegate.core.rules.expressions import ROW, ROW_IS_BAD, hashes, row_is_bad
from tidegate.core.rules.rule import FileRule
from tidegate.states.maine.file_types.cte.lines import GROUP, is_in_a_group


def first_bad_row() -> pl.Expr:
    """Return the number of the first row of the group that has an error."""
    return pl.when(row_is_bad()).then(pl.col(ROW)).min().over(GROUP)


class GroupHasAnError(FileRule):
    """Another row for the same student and CTE code has an error.

    What it checks: A student's rows for one CTE school and CTE code are replaced together or not at all, since they
    have no number of their own. If one of them has an error, none is loaded.

    How to fix it: Correct the row that is named; this row needs no change. Then send the file again with all of
    these rows in it.
    """

    code = "CTE301"
    message = "Not loaded, because row {first_bad_row} for the same student and CTE Code has an error"
    needs = GROUP
    partition_by = GROUP
    passes_over = ("CTE601", "CTE603")
    suppressed_by = ("CTE601", "CTE603")
    columns = ("StateStudentID", "SchoolID", "CTECode")
    good = ({"rows": [{"row_is_bad": False}, {}]}, {"rows": [{"row_is_bad": True, "code.code": "51.0000"}, {}]})
    bad = ({"rows": [{"row_is_bad": True}, {}]},)

    def broken(self) -> pl.Expr:
        """True where the row is good and another one of its group is not."""
        return ~row_is_bad() & first_bad_row().is_not_null() & is_in_a_group()

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the number of the row that is to blame."""
        return {"first_bad_row": first_bad_row()}

    def prefilter(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of the groups in which one row has an error and another has none; by chance a few more."""
        groups = hashes(rows, GROUP)
        is_known = rows.select(is_in_a_group()).to_series()
        is_bad, is_good = is_known & rows[ROW_IS_BAD], is_known & ~rows[ROW_IS_BAD]
        bad, good = groups.filter(is_bad), groups.filter(is_good)
        if bad.is_empty() or good.is_empty():
            return rows.clear()
        of_both = good.filter(good.is_in(bad.unique().implode())).unique().implode()
        return rows.filter((is_bad | is_good) & groups.is_in(of_both))

    @staticmethod
    def plain(is_bad: Sequence[bool]) -> list[bool]:
        """Each good row of a group is kept back where any row of the group has an error."""
        return [any(is_bad) and not bad for bad in is_bad]
