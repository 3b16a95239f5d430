"""ENR502: the student has no primary enrollment on the day."""

import polars as pl

from tidegate.core.rules.expressions import ROW, value
from tidegate.core.rules.rule import FileRule, WhoCanAct
from tidegate.states.maine.file_types.student_enrollment.periods import (
    COVERED_UNTIL,
    KEY,
    NEEDED,
    STUDENT,
    among_students,
    is_concurrent,
    nearest_in_words,
    with_nearest,
)
from tidegate.states.maine.file_types.student_enrollment.plain import PlainLine, PlainStudent

_CONCURRENT = {"EnrollmentType": "C", "SchoolID": "2001", "school.id": 2001}


class NoPrimary(FileRule):
    """The student has no primary enrollment on the day.

    What it checks: There is a primary enrollment that covers the entry date of the concurrent one,
    in this file or on file.

    How to fix it: The primary enrollment comes first. If it is in this file and has an error,
    correct that row; if another SAU has the student, ask it to complete its Student Enrollment
    upload.
    """

    code = "ENR502"
    message = "The student has no primary enrollment on {day}"
    known = ("The nearest one, at {nearest_school}, {nearest_days}",)
    cause = "Students have no primary enrollment on EntryDate"
    may_be_relaxed = True
    who_can_act = WhoCanAct.SENDING_SAU
    columns = ("StateStudentID", "EntryDate", "EnrollmentType")
    suppressed_by = ("FIND403",)
    needs = (*KEY, *NEEDED)
    reads_text = False
    partition_by = (STUDENT,)
    good = ({"rows": [{}, _CONCURRENT]},)
    bad = ({"rows": [{"EntryDate": "2020-10-01"}, _CONCURRENT]},)

    def prefilter(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of the students who have a concurrent enrollment in the file."""
        return with_nearest(among_students(rows, is_concurrent() & pl.col(ROW).is_not_null()))

    def broken(self) -> pl.Expr:
        """True where no primary enrollment covers the day."""
        return is_concurrent() & value("EntryDate").is_not_null() & pl.col(COVERED_UNTIL).is_null()

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the day, and the school and the days of the nearest primary enrollment."""
        return {"day": value("EntryDate").cast(pl.String), **nearest_in_words()}

    @staticmethod
    def plain(line: PlainLine, student: PlainStudent) -> bool:
        """No primary enrollment that will be on file covers the day on which the concurrent one begins."""
        return line.key is not None and line.key[1] == "C" and student.covered_until(line.key[2]) is None
