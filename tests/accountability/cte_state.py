"""Random small states with three years of enrollments and lines of programs, and random definitions."""

import random
from datetime import date, timedelta
from decimal import Decimal

from tidegate.accountability.definitions.definition import Definition, DefinitionFile
from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.records.models import Enrollment, Student, StudentVersion
from tidegate.reference.models import Code, Organization, SchoolYear
from tidegate.states.maine.models import CteRecord

YEAR = 2020
YEARS = (2018, 2019, YEAR)
NAMES = {year: f"{year}-{year + 1}" for year in YEARS}
PROGRAMS = ("43.0103", "43.0107", "43.0203", "47.0604", "47.0605")
CENTERS = (1002, 2002, 3002)
CREDITS = ("0", "0.5", "0.75", "1", "1.5", "2")


def build(seed: int, *, students: int = 40) -> random.Random:
    """Fill the database with a random small state, and return where chance comes from."""
    rng = random.Random(seed)
    for first, name in NAMES.items():
        SchoolYear.objects.create(first=first, name=name)
    Code.objects.bulk_create(Code(list_name="cte_codes", code=code, title=f"Program {code}") for code in PROGRAMS)
    for sau in (1000, 2000, 3000):
        parent = Organization.objects.create(id=sau, name=f"SAU {sau}", kind="SAU")
        Organization.objects.create(id=sau + 1, name=f"High {sau}", kind="School", parent=parent)
        Organization.objects.create(id=sau + 2, name=f"Center {sau}", kind="CTE School", parent=parent)
    for number in range(students):
        _add_student(rng, f"9000{number:05d}")
    return rng


def take() -> Snapshot:
    """Take a snapshot of the last year."""
    return take_snapshot(find_period("cte-october-count"), SchoolYear.objects.get(first=YEAR), by=None)


def any_definition(rng: random.Random, **fixed: object) -> Definition:
    """Return a random definition."""
    unit = rng.choice(("record", "credits"))
    per_course = rng.choice(("0.01", "0.75", "1")) if unit == "record" else rng.choice(("0.5", "1", "1.25"))
    chosen = {
        "course_unit": unit,
        "credits_per_course": Decimal(per_course),
        "courses_needed": rng.choice((1, 2, 3)),
        "program_key": rng.choice(("code", "cip-6", "cip-4", "cip-2")),
        "grades": rng.choice(((), ("11", "12"), ("12",))),
        "sticky": rng.random() < 0.7,
        "base": rng.choice(("school-year", "count-day")),
    }
    file = DefinitionFile(file_type="cte", credits="CreditsEarned", **{**chosen, **fixed})
    return Definition("2020-2021", file, "")


def _add_student(rng: random.Random, number: str) -> None:
    Student.objects.create(number=number)
    StudentVersion.objects.create(
        student_id=number, last_name=f"Of {number}", first_name="A", gender=rng.choice(("F", "M", "X", ""))
    )
    sau, grade = rng.choice((1000, 2000, 3000)), rng.randint(9, 12)
    for year in rng.sample(YEARS, rng.choice((1, 2, 3, 3))):
        of_year = {"student_id": number, "school_year_id": year, "sau_id": sau}
        grade_level = rng.choice((f"{grade:02d}", f"{grade:02d}", ""))
        if rng.random() < 0.9:
            _enroll(rng, **of_year, school_id=sau + 1, enrollment_type="P", grade_level=grade_level)
        for center in rng.sample(CENTERS, rng.choice((0, 1, 1, 2))):
            _enroll(rng, **of_year, school_id=center, enrollment_type="C", grade_level=f"{grade:02d}")
            for code in rng.choices(PROGRAMS, k=rng.choice((0, 1, 2))):
                CteRecord.objects.create(
                    **of_year, school_id=center, cte_code=code, start_date=date(year, 9, 2),
                    credits_earned=Decimal(rng.choice(CREDITS)),
                )  # fmt: skip
        grade = min(grade + 1, 12)


def _enroll(rng: random.Random, **of) -> None:
    first = date(of["school_year_id"], 9, 1)
    entry = rng.choice([first, first, first + timedelta(30), first + timedelta(60)])
    exit_date = rng.choice([None, None, entry, entry + timedelta(30)])
    Enrollment.objects.create(**of, entry_date=entry, exit_date=exit_date)
