"""ENR503: the concurrent enrollment ends after the primary one."""

import polars as pl

from tidegate.core.rules.expressions import ROW
from tidegate.core.rules.rule import FileRule
from tidegate.states.maine.file_types.student_enrollment.periods import (
    COVERED_UNTIL,
    NEEDED,
    STUDENT,
    among_students,
    end,
    is_concurrent,
    with_covering,
)
from tidegate.states.maine.file_types.student_enrollment.plain import PlainLine, PlainStudent

_CONCURRENT = {"EnrollmentType": "C", "SchoolID": "2001", "school.id": 2001}


class OutlastsPrimary(FileRule):
    """The concurrent enrollment ends after the primary one.

    What it checks: A concurrent enrollment ends no later than the primary enrollment.

    How to fix it: Fill in ExitDate, no later than the day on which the primary enrollment ends, or
    ask the other SAU to correct its exit.
    """

    code = "ENR503"
    message = "The primary enrollment ends {primary_end}; the concurrent one must end by then too"
    cause = "Concurrent enrollments end after the primary ones"
    may_be_relaxed = True
    columns = ("ExitDate", "EntryDate", "StateStudentID", "EnrollmentType")
    suppressed_by = ("ENR502", "FIND403")
    needs = NEEDED
    reads_text = False
    partition_by = (STUDENT,)
    good = ({"rows": [{}, _CONCURRENT]},)
    bad = ({"rows": [{"ExitDate": "2020-12-01", "ExitType": "02"}, _CONCURRENT]},)

    def prefilter(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of the students who have a concurrent enrollment in the file."""
        return with_covering(among_students(rows, is_concurrent() & pl.col(ROW).is_not_null()))

    def broken(self) -> pl.Expr:
        """True where the concurrent enrollment goes on after the primary one."""
        return is_concurrent() & (end() > pl.col(COVERED_UNTIL))

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the last day of the primary enrollment."""
        return {"primary_end": pl.col(COVERED_UNTIL)}

    @staticmethod
    def plain(line: PlainLine, student: PlainStudent) -> bool:
        """The concurrent enrollment ends after the longest primary one that covers the day on which it begins."""
        if line.period is None or line.period.is_primary:
            return False
        until = student.covered_until(line.period.entry)
        return until is not None and line.period.end > until
