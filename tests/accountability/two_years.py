"""A small state with two school years that have a definition: who graduates in one may be placed in the next."""

from collections.abc import Mapping
from datetime import date
from itertools import count
from typing import NamedTuple

from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.records.models import Enrollment, Student, StudentVersion
from tidegate.reference.models import Code, Organization, SchoolYear
from tidegate.states.maine.models import CteOutcome, CteRecord

LAST_YEAR, THIS_YEAR = 2024, 2025
PERIOD, PROGRAM = "cte-year-end", "43.0103"
JUNE, NEXT_JUNE, DECEMBER = date(2025, 6, 11), date(2026, 6, 11), date(2025, 12, 19)
_numbers = count(900000001)


class Group(NamedTuple):
    """Students of a CTE school: how many, how many of them earned postsecondary credits, and how many were placed."""

    students: int
    with_credits: int = 0
    placed: int = 0


def build(schools: int) -> None:
    """Fill the database with CTE schools, whose IDs are 1002, 2002 and so on, without a student."""
    for first in (LAST_YEAR, THIS_YEAR):
        SchoolYear.objects.get_or_create(first=first, defaults={"name": f"{first}-{first + 1}"})
    Code.objects.create(list_name="cte_codes", code=PROGRAM, title="Criminal justice")
    for sau in range(1000, 1000 * schools + 1, 1000):
        parent = Organization.objects.create(id=sau, name=f"District {sau}", kind="SAU")
        Organization.objects.create(id=sau + 1, name=f"High {sau}", kind="School", parent=parent)
        Organization.objects.create(id=sau + 2, name=f"Center {sau}", kind="CTE School", parent=parent)


def graduate(groups: Mapping[int, Group], *, on: date) -> None:
    """Add concentrators of CTE schools who graduate on a day; those who are placed are asked in THIS_YEAR."""
    year = on.year - (on.month < 7)
    for school, group in groups.items():
        for place in range(group.students):
            credit = {"credits_earned": 2, "postsecondary_credits": 3 if place < group.with_credits else None}
            of = add_student(school, year, exit_date=on, exit_type="15", **credit)
            if place < group.placed:
                placed = of | {"school_year_id": THIS_YEAR, "school_id": school}
                CteOutcome.objects.create(**placed, cte_code=PROGRAM, placement="POSTSEC")


def add_student(school: int, year: int, *, exit_date: date | None = None, exit_type: str = "", **line) -> dict:
    """Add a student of a CTE school in a school year, with a line of the program where one is given."""
    number = str(next(_numbers))
    of = {"student_id": number, "school_year_id": year, "sau_id": school - 2}
    Student.objects.create(number=number)
    StudentVersion.objects.create(student_id=number, last_name="A", gender="F")
    dated = {"entry_date": date(year, 9, 1), "start_status": "02", "grade_level": "12"}
    ends = {"exit_date": exit_date, "exit_type": exit_type}
    Enrollment.objects.create(**of, **dated, **ends, school_id=school - 1, enrollment_type="P")
    Enrollment.objects.create(**of, **dated, school_id=school, enrollment_type="C")
    if line:
        CteRecord.objects.create(**of, **line, school_id=school, cte_code=PROGRAM, start_date=date(year, 9, 2))
    return of


def take_year_end(year: int) -> Snapshot:
    """Take the snapshot of a year's end."""
    return take_snapshot(find_period(PERIOD), SchoolYear.objects.get(first=year), by=None)
