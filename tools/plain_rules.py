"""Asks the plain twins of the rules across rows, one student at a time, until nothing changes any more.
`tools.compare_with_plain_rules` compares what they say with what tidegate says."""

from collections.abc import Callable, Sequence

from tidegate.states.maine.file_types.cte.rules.cte301_group_has_an_error import GroupHasAnError
from tidegate.states.maine.file_types.student_enrollment.plain import PlainLine, PlainPeriod, PlainStudent
from tidegate.states.maine.file_types.student_enrollment.rules.enr501_second_primary import SecondPrimary
from tidegate.states.maine.file_types.student_enrollment.rules.enr502_no_primary import NoPrimary
from tidegate.states.maine.file_types.student_enrollment.rules.enr503_outlasts_primary import OutlastsPrimary
from tidegate.states.maine.file_types.student_enrollment.rules.enr504_leaves_concurrent_open import LeavesConcurrentOpen

Rule = Callable[[PlainLine, PlainStudent], bool]


def check_student(lines: Sequence[PlainLine], stored: Sequence[PlainPeriod]) -> None:
    """Find what is wrong between the rows of one student, until nothing changes any more."""
    student = PlainStudent(lines, stored)
    while True:
        before = [set(line.found) for line in lines]
        for code, (rule, suppressed_by, columns) in _RULES.items():
            breaking = [line for line in lines if code not in line.found and rule(line, student)]
            for line in breaking:
                if not line.codes & suppressed_by and not line.wrong & columns:
                    line.found.add(code)
        if before == [line.found for line in lines]:
            return


def check_group(is_bad: Sequence[bool]) -> list[bool]:
    """Return which CTE lines of one group are kept back for the sake of another one."""
    return GroupHasAnError.plain(is_bad)


def _same(line: PlainLine, lines: Sequence[PlainLine]) -> list[PlainLine]:
    return [other for other in lines if line.key is not None and other.key == line.key and other is not line]


def _differs(line: PlainLine, student: PlainStudent) -> bool:
    alike = [line, *_same(line, student.lines)]
    return any(one.cells != other.cells for one in alike for other in alike)


def _repeats(line: PlainLine, student: PlainStudent) -> bool:
    return not line.is_bad and any(other.row < line.row for other in _same(line, student.lines) if not other.is_bad)


_WHO_WHEN = {"StateStudentID", "EntryDate", "EnrollmentType"}
_RULES: dict[str, tuple[Rule, set[str], set[str]]] = {
    "ENR301": (_differs, set(), _WHO_WHEN | {"SchoolID"}),
    "ENR302": (_repeats, {"ENR301"}, _WHO_WHEN | {"SchoolID"}),
    "ENR501": (SecondPrimary.plain, {"ENR301"}, _WHO_WHEN | {"ExitDate"}),
    "ENR502": (NoPrimary.plain, set(), _WHO_WHEN),
    "ENR503": (OutlastsPrimary.plain, {"ENR502"}, _WHO_WHEN | {"ExitDate"}),
    "ENR504": (LeavesConcurrentOpen.plain, {"ENR202", "ENR301", "ENR501"}, _WHO_WHEN | {"ExitDate"}),
}
CODES = {*_RULES, GroupHasAnError.code}
"""The codes of the rules that have a plain twin here."""
