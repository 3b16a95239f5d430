"""ENR611: CTE records on file no longer fit the enrollment."""

from datetime import date

from tidegate.core.rules.lines.resting_lines import RestingLinesRule
from tidegate.core.rules.lines_on_file import NOT_THEIRS
from tidegate.core.rules.resting_line_rule import in_example
from tidegate.core.rules.rule import WhoCanAct

_SCHOOL = {"SchoolID": "2001", "school.id": 2001, "school.name": "Capital Area Technical Center"}
_CONCURRENT = {"EnrollmentType": "C", **_SCHOOL}
_BEFORE = {"EntryDate:value": date(2020, 9, 1), "ExitDate:value": None, "sau.id": 1000}
_LINE = in_example(
    resting_on={"enrollment_type": "C", "narrowed_by": "school_id", "narrow": 2001},
    day=date(2020, 11, 30),
    before_columns=_BEFORE,
    words="51.0904 at Capital Area Technical Center from 2020-11-30",
)
_EXIT = {"ExitDate": "2020-10-15", "ExitType": "02"}


class LeavesLinesUnfit(RestingLinesRule):
    """CTE records on file no longer fit the enrollment.

    What it checks: A CTE record depends on the concurrent enrollment at its CTE school, which
    covers its StartDate, and its SAU is one that the student attends. A row that ends an enrollment
    earlier, or moves it to another SAU, may leave CTE records on file that no longer fit; so may
    the withdrawal of an enrollment, a correction by hand and an undo. It is done all the same, and
    these records are listed under No longer fits.

    How to fix it: If the row or the withdrawal is right, ask the CTE school to correct or withdraw
    the CTE records that are named. If it is wrong, correct the row, or undo the withdrawal.
    """

    code = "ENR611"
    who_can_act = WhoCanAct.CTE_SCHOOL
    columns = ("ExitDate", "EntryDate", "StateStudentID", "EnrollmentType", "SchoolID")
    suppressed_by = ("ENR201", "ENR202", "ENR301", "ENR501", "ENR504", "FIND403", *NOT_THEIRS)
    good = (
        {"rows": [_CONCURRENT | _LINE]},
        {"rows": [_CONCURRENT | _LINE | {"ExitDate": "2020-12-01", "ExitType": "02"}]},
        {"rows": [_CONCURRENT | {"EntryDate": "2020-11-02"}, _CONCURRENT | _LINE | _EXIT]},
    )
    bad = ({"rows": [_CONCURRENT | _LINE | _EXIT]},)
