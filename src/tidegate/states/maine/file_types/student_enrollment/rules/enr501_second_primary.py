"""ENR501: the student has another primary enrollment at the same time."""

import polars as pl

from tidegate.core.rules.expressions import at_position
from tidegate.core.rules.rule import FileRule, WhoCanAct
from tidegate.states.maine.file_types.student_enrollment.periods import KEY, NEEDED, OVERLAPPING, STUDENT, with_overlaps
from tidegate.states.maine.file_types.student_enrollment.plain import PlainLine, PlainStudent

_OTHER = {
    "SAUID": "2000",
    "sau.id": 2000,
    "sau.name": "Kennebec Harbor Public Schools",
    "SchoolID": "2002",
    "school.id": 2002,
    "ResidentSAUID": "2000",
}


class SecondPrimary(FileRule):
    """The student has another primary enrollment at the same time.

    What it checks: A student has one primary enrollment at a time in the whole state. A student may
    leave one school and enter another on the same day.

    How to fix it: Agree with the other SAU on where the student is. The SAU that the student has
    left sends an ExitDate; then send this row again. If both are yours, add a row with the ExitDate
    of the earlier one to this file.
    """

    code = "ENR501"
    message = 'Student already has a primary enrollment at "{other_sau}" from {other_entry}'
    cause_by = ("other_sau",)
    cause = "Students already have a primary enrollment at {other_sau}"
    who_can_act = WhoCanAct.OTHER_SAU
    columns = ("StateStudentID", "EntryDate", "ExitDate", "EnrollmentType")
    suppressed_by = ("ENR301",)
    needs = (*KEY, *NEEDED)
    reads_text = False
    partition_by = (STUDENT,)
    good = (
        {"rows": [{**_OTHER, "ExitDate": "2020-12-01", "ExitType": "02"}, {"EntryDate": "2020-12-01"}]},
        {"rows": [{**_OTHER, "EnrollmentType": "C"}, {}]},
    )
    bad = ({"rows": [{**_OTHER, "is_stored": True, "EntryDate": "2020-09-02"}, {}]},)

    def prefilter(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of the students who have more than one primary enrollment."""
        return with_overlaps(rows)

    def broken(self) -> pl.Expr:
        """True where the student's primary enrollments overlap."""
        return pl.col(OVERLAPPING).is_not_null()

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the other enrollment's SAU and first day."""
        there = pl.col(OVERLAPPING)
        return {"other_sau": at_position("sau.name", there), "other_entry": at_position("EntryDate:value", there)}

    @staticmethod
    def plain(line: PlainLine, student: PlainStudent) -> bool:
        """A good primary enrollment overlaps another primary one of the student: that of another good row, or a stored
        one that no good row replaces. To leave and to enter on one day is no overlap."""
        mine = line.period
        if mine is None or line.is_bad or not mine.is_primary:
            return False
        others = (period for period in student.primaries() if period.key != mine.key)
        return any(max(mine.entry, other.entry) < min(mine.end, other.end) for other in others)
