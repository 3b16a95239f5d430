"""The demo state's enrollments: a primary one for everybody but the newcomers, and a concurrent one for many."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.enrollments import CONCURRENT, PRIMARY
from tidegate.states.maine.demo.organizations import CAPITAL_CITY_HIGH, DemoOrganization
from tidegate.states.maine.demo.students import FIRST_CTE_GRADE, GUIDE_YEAR, DemoStudent, list_students

_LEAVES_EVERY, _MOVES_EVERY = 23, 29
_CONTINUING, _FROM_OTHER_DISTRICT = "02", "13"
_SAME_SAU, _OTHER_SAU, _OTHER_STATE, _GRADUATED = "01", "02", "03", "15"
_LAST_GRADE, _EARLY_OF_SEVEN = 12, (0, 6)


@dataclass(frozen=True)
class DemoEnrollment:
    """One line of enrollments.csv."""

    school_year: SchoolYear
    student: DemoStudent
    sau_id: int
    school_id: int
    enrollment_type: str
    grade: int
    entry_date: date
    start_status: str
    exit_date: date | None = None
    exit_type: str = ""


def list_school_years(today: date) -> list[SchoolYear]:
    """Return the guide's year, the one before it, and the current one."""
    return sorted({SchoolYear(GUIDE_YEAR.first - 1), GUIDE_YEAR, SchoolYear.of(today)})


def list_cohorts(today: date) -> list[SchoolYear]:
    """Return the years that have students of their own."""
    return sorted({GUIDE_YEAR, SchoolYear.of(today)})


def list_enrollments(today: date) -> Iterator[DemoEnrollment]:
    """Yield every enrollment of the demo state."""
    year_before = SchoolYear(GUIDE_YEAR.first - 1)
    for student in list_students(GUIDE_YEAR):
        if not student.is_newcomer and student.grade > 9:  # was at the high school a grade below
            yield from _last_year(student, year_before)
    for school_year in list_cohorts(today):
        for i, student in enumerate(list_students(school_year)):
            if not student.is_newcomer:
                yield from _in_year(i, student, school_year)


def _last_year(student: DemoStudent, year: SchoolYear) -> Iterator[DemoEnrollment]:
    """Yield the primary enrollment of the year before, and the concurrent one of those who were old enough."""
    primary = _enrollment(year, student, student.school, grade=student.grade - 1)
    yield replace(primary, exit_date=year.last_day, exit_type=_SAME_SAU)
    if student.cte_school is not None and student.grade > FIRST_CTE_GRADE:
        concurrent = _enrollment(year, student, student.cte_school, grade=student.grade - 1, enrollment_type=CONCURRENT)
        yield replace(concurrent, exit_date=year.last_day, exit_type=_SAME_SAU)


def _in_year(i: int, student: DemoStudent, year: SchoolYear) -> Iterator[DemoEnrollment]:
    """Yield the primary enrollment, and the concurrent one; a few students leave the state or move to another SAU."""
    leaves, moves = i % _LEAVES_EVERY == 0, i % _MOVES_EVERY == 1
    if student.cte_school is None and (leaves or moves) and student.school != CAPITAL_CITY_HIGH:
        left_on = date(year.first, 10, 1)
        exit_type = _OTHER_SAU if moves else _OTHER_STATE
        yield _enrollment(year, student, student.school, grade=student.grade, exit_date=left_on, exit_type=exit_type)
        if moves:
            arrives = _enrollment(year, student, CAPITAL_CITY_HIGH, grade=student.grade)
            yield replace(arrives, entry_date=left_on, start_status=_FROM_OTHER_DISTRICT)
        return
    graduated_on = _graduated_on(student, year)
    exit_type = _GRADUATED if graduated_on else ""
    primary = _enrollment(year, student, student.school, grade=student.grade)
    yield replace(primary, exit_date=graduated_on, exit_type=exit_type)
    if student.cte_school is not None:
        concurrent = _enrollment(year, student, student.cte_school, grade=student.grade, enrollment_type=CONCURRENT)
        yield replace(concurrent, exit_date=graduated_on, exit_type=exit_type)


def _graduated_on(student: DemoStudent, year: SchoolYear) -> date | None:
    """Return when a student of a CTE school graduated in the guide's year, a few of them in December; None for others,
    and in the current year."""
    if year != GUIDE_YEAR or student.grade != _LAST_GRADE or student.cte_school is None:
        return None
    is_early = int(student.number[-5:]) // 4 % 7 in _EARLY_OF_SEVEN  # every fourth student is in that grade
    return date(year.first, 12, 18) if is_early else date(year.first + 1, 6, 11)


def _enrollment(
    year: SchoolYear,
    student: DemoStudent,
    school: DemoOrganization,
    *,
    grade: int,
    enrollment_type: str = PRIMARY,
    exit_date: date | None = None,
    exit_type: str = "",
) -> DemoEnrollment:
    """Return an enrollment; a concurrent one is reported by the SAU that sends the student."""
    sending = student.school if enrollment_type == CONCURRENT else school
    return DemoEnrollment(
        school_year=year,
        student=student,
        sau_id=sending.parent_id or sending.id,
        school_id=school.id,
        enrollment_type=enrollment_type,
        grade=grade,
        entry_date=date(year.first, 9, 1),
        start_status=_CONTINUING,
        exit_date=exit_date,
        exit_type=exit_type,
    )
