"""CTE301: another row for the same student and CTE code has an error."""

from collections.abc import Sequence

from tidegate.core.rules.lines.group_error import GroupRule


class GroupHasAnError(GroupRule):
    """Another row for the same student and CTE code has an error.

    What it checks: A student's rows for one CTE school and CTE code are replaced together or not at
    all, since they have no number of their own. If one of them has an error, none is loaded.

    How to fix it: Fix the row that is named and send all of these rows. This row needs no change.
    """

    code = "CTE301"
    message = "Held back because row {first_bad_row} (same student and CTE code) has an error"
    passes_over = ("CTE601", "CTE603")
    suppressed_by = ("CTE601", "CTE603")
    columns = ("StateStudentID", "SchoolID", "CTECode")
    good = ({"rows": [{"row_is_bad": False}, {}]}, {"rows": [{"row_is_bad": True, "code.code": "51.0000"}, {}]})
    bad = ({"rows": [{"row_is_bad": True}, {}]},)

    @staticmethod
    def plain(is_bad: Sequence[bool]) -> list[bool]:
        """Each good row of a group is kept back where any row of the group has an error."""
        return [any(is_bad) and not bad for bad in is_bad]
