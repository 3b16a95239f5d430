"""OUT501: the student has no CTE line in the program."""

import polars as pl

from tidegate.core.rules.expressions import stored
from tidegate.core.rules.rule import RowRule, WhoCanAct


class NoCteLine(RowRule):
    """The student has no CTE line in the program.

    What it checks: The student has a CTE line on file with this CTE code at this CTE school, in this
    school year or one of the twelve before.

    How to fix it: Complete the CTE upload first. If the line is on file with another CTE code or
    CTE school, write that one.
    """

    code = "OUT501"
    message = 'No CTE line of the student with CTE Code "{CTECode}" at "{school.name}" is on file'
    cause = 'Students have no CTE line on file with this CTE Code at "{school.name}"'
    cause_by = ("school.name",)
    who_can_act = WhoCanAct.CTE_SCHOOL
    columns = ("StateStudentID", "SchoolID", "CTECode")
    suppressed_by = ("OUT404",)
    good = ({"program.start_date": "2020-09-01"}, {"program.start_date": None, "code.code": None})
    bad = ({"program.start_date": None},)

    def broken(self) -> pl.Expr:
        """True where student, school and code are known and no line joins them."""
        known = (stored(name).is_not_null() for name in ("student.student_number", "school.id", "code.code"))
        return pl.all_horizontal(known) & stored("program.start_date").is_null()
