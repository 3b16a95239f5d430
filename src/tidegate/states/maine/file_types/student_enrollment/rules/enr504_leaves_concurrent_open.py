"""ENR504: the exit leaves a concurrent enrollment open."""

import polars as pl

from tidegate.core.rules.expressions import ROW, at_position, value
from tidegate.core.rules.rule import FileRule, WhoCanAct
from tidegate.states.maine.file_types.student_enrollment.periods import (
    KEY,
    NEEDED,
    OUTLASTING,
    STUDENT,
    among_students,
    is_concurrent,
    is_primary,
    with_outlasting,
)
from tidegate.states.maine.file_types.student_enrollment.plain import PlainLine, PlainStudent

_CTE = {"SchoolID": "2001", "school.id": 2001, "school.name": "Capital Area Technical Center", "EnrollmentType": "C"}
_EXIT = {"ExitDate": "2020-12-01", "ExitType": "02"}


class LeavesConcurrentOpen(FileRule):
    """The exit leaves a concurrent enrollment open.

    What it checks: No concurrent enrollment on file that began during this primary one goes on
    after its ExitDate, unless another row of the file ends it.

    How to fix it: End that first, or on the same day. Ask the office that reports enrollments at
    the CTE school to send its ExitDate, or add that row to this file; then send this row again.
    """

    code = "ENR504"
    message = "Ending the primary enrollment on {exit_day} leaves the one at {other_school} open"
    cause_by = ("other_school",)
    cause = "Ending the primary enrollment leaves the one at {other_school} open"
    may_be_relaxed = True
    who_can_act = WhoCanAct.ENROLLMENT_OFFICE
    columns = ("ExitDate", "EntryDate", "StateStudentID", "EnrollmentType")
    suppressed_by = ("ENR202", "ENR301", "ENR501", "FIND403")
    needs, partition_by, reads_text = (*KEY, *NEEDED), (STUDENT,), False
    before = ("EntryDate:value", "ExitDate:value")
    good = ({"rows": [_CTE | {"is_stored": True}, {}]}, {"rows": [_CTE, _EXIT]})  # ENR503 has it
    bad = ({"rows": [_CTE | {"is_stored": True}, _EXIT]},)

    def prefilter(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of the students who have a stored concurrent enrollment."""
        return with_outlasting(among_students(rows, is_concurrent() & pl.col(ROW).is_null()))

    def broken(self) -> pl.Expr:
        """True where a stored concurrent enrollment outlasts the row."""
        return is_primary() & pl.col(ROW).is_not_null() & pl.col(OUTLASTING).is_not_null()

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the CTE school of the concurrent enrollment and the last day of the primary one."""
        school = at_position("school.name", pl.col(OUTLASTING))
        return {"other_school": school, "exit_day": value("ExitDate").cast(pl.String)}

    @staticmethod
    def plain(line: PlainLine, student: PlainStudent) -> bool:
        """A concurrent enrollment on file is neither replaced nor ended by this file, and no primary enrollment covers
        it to its end. The row at fault is the one whose primary enrollment covers its first day the longest; where none
        goes on beyond that day, the row whose enrollment on file covered it before."""
        mine = line.period
        if mine is None or line.is_bad or not mine.is_primary:
            return False
        before = next((period for period in student.stored if period.key == mine.key), None)
        for concurrent in (period for period in student.staying() if not period.is_primary):
            day, until = concurrent.entry, student.covered_until(concurrent.entry)
            if until is not None and concurrent.end <= until:
                continue
            if until is not None and until > day:
                is_to_blame = mine.covers(day) and mine.end == until
            else:
                is_to_blame = before is not None and before.covers(day)
            if is_to_blame:
                return True
        return False
