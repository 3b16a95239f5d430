"""The student count: cell by cell as a plain count says it, and of the students whom somebody may see."""

import random
from collections import defaultdict
from datetime import date, timedelta

import pytest

from tidegate.accountability.counting.counted_students import students_counted_in
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.reports.student_count import TABLES, StudentCount, title_of
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.records.models import Enrollment, Student, StudentVersion
from tidegate.reference.models import Code, Organization, SchoolYear
from tidegate.states.maine.models import CteRecord

YEAR, COUNT_DAY = 2020, date(2020, 10, 1)
SAMPLE, ALL = 3, 50
PROGRAMS = ("01.0205", "43.0103", "47.0604")
DAYS = [COUNT_DAY + timedelta(days) for days in (-30, -1, 0, 1, 30)]


def build(seed: int) -> None:
    """Fill the database with a random small state."""
    rng = random.Random(seed)
    for first in (YEAR - 1, YEAR):
        SchoolYear.objects.create(first=first, name=f"{first}-{first + 1}")
    Code.objects.bulk_create(Code(list_name="cte_codes", code=code, title=f"Program {code}") for code in PROGRAMS)
    for sau in (1000, 2000, 3000):
        parent = Organization.objects.create(id=sau, name=f"SAU {sau}", kind="SAU")
        Organization.objects.create(id=sau + 1, name=f"High {sau}", kind="School", parent=parent)
        Organization.objects.create(id=sau + 2, name=f"Center {sau}", kind="CTE School", parent=parent)
    for number in range(40):
        _add_student(rng, f"9000{number:05d}")


def _add_student(rng: random.Random, number: str) -> None:
    Student.objects.create(number=number)
    StudentVersion.objects.create(student_id=number, last_name="A", gender=rng.choice(("F", "M", "X", "")))
    year = rng.choice((YEAR, YEAR, YEAR, YEAR - 1))
    sau = rng.choice((1000, 2000, 3000))
    if rng.random() < 0.9:
        _enroll(rng, number, year, sau_id=sau, school_id=sau + 1, enrollment_type="P")
    for center in rng.sample((1002, 2002, 3002), rng.randint(0, 2)):
        _enroll(rng, number, year, sau_id=sau, school_id=center, enrollment_type="C")
        for code in rng.sample(PROGRAMS, rng.randint(0, 2)):
            start = rng.choice(DAYS)
            end = rng.choice([None, *[day for day in DAYS if day >= start]])
            of_line = {"student_id": number, "school_year_id": year, "sau_id": sau, "school_id": center}
            CteRecord.objects.create(**of_line, cte_code=code, start_date=start, end_date=end, credits_earned=1)


def _enroll(rng: random.Random, number: str, year: int, **of) -> None:
    entry = rng.choice(DAYS)
    exit_date = rng.choice([None, *[day for day in DAYS if day >= entry]])
    grade = rng.choice(("09", "10", "11", "12", ""))
    Enrollment.objects.create(
        student_id=number, school_year_id=year, grade_level=grade, entry_date=entry, exit_date=exit_date, **of
    )


def plain_rows() -> set[tuple[str, dict[str, str]]]:
    """Return student, school, program, grade, gender and sending SAU, counted one student after the other."""
    rows = set()
    for student in StudentVersion.objects.all():
        active = [
            each
            for each in Enrollment.objects.filter(student=student.student_id, school_year=YEAR)
            if each.entry_date <= COUNT_DAY and (each.exit_date is None or each.exit_date > COUNT_DAY)
        ]
        primary = next((each for each in active if each.enrollment_type == "P"), None)
        for each in active:
            if each.school.kind != "CTE School":
                continue
            lines = CteRecord.objects.filter(student=student.student_id, school_year=YEAR, school=each.school)
            codes = {
                line.cte_code
                for line in lines
                if line.start_date <= COUNT_DAY and (line.end_date is None or line.end_date >= COUNT_DAY)
            }
            grade = (primary.grade_level if primary else "") or each.grade_level
            sau = str(primary.sau_id) if primary else ""
            for code in codes or {""}:
                rows.add((student.student_id, str(each.school_id), code, grade, student.gender, sau))
    return rows


def plain_counts(rows) -> dict[tuple[str, tuple[str, ...]], int]:
    places = {"school": 1, "program": 2, "grade": 3, "gender": 4, "sau": 5}
    found = defaultdict(set)
    for row in rows:
        for table in TABLES:
            found[title_of(table), tuple(row[places[name]] for name in table)].add(row[0])
    return {cell: len(students) for cell, students in found.items()}


def counts(snapshot: Snapshot, reach: Reach = None) -> dict[tuple[str, tuple[str, ...]], int]:
    tables = StudentCount().tables(snapshot, reach=reach)
    return {(count.by, count.keys): count.student_count for table in tables for count in table.counts}


def taken() -> Snapshot:
    return take_snapshot(find_period("cte-october-count"), SchoolYear.objects.get(first=YEAR), by=None)


def test_every_cell_is_as_a_plain_count_says(request, db):
    from django.db import transaction

    for seed in range(ALL if request.config.getoption("--long") else SAMPLE):
        with transaction.atomic():
            build(seed)
            rows = plain_rows()
            assert len(rows) > 5
            snapshot = taken()
            Enrollment.objects.all().delete()
            assert counts(snapshot) == plain_counts(rows)
            for reach in (["1000", "1001", "1002"], ["2002"]):
                own = {row for row in rows if row[1] in reach or row[5] in reach}
                assert counts(snapshot, reach) == plain_counts(own) or not own
            transaction.set_rollback(True)


def test_each_number_opens_into_exactly_its_students(db):
    build(7)
    snapshot = taken()
    for table in StudentCount().tables(snapshot):
        for count in table.counts:
            chosen = dict(zip(count.dimensions or (), count.keys, strict=True))
            students = list(students_counted_in(snapshot, chosen, reach=None))
            assert len({each.number for each in students}) == count.student_count
            assert all(getattr(each, name) == key for each in students for name, key in chosen.items())


@pytest.mark.parametrize("chosen", [{"school": "9999"}, {"program": "'; --"}, {"gender": "Z"}])
def test_a_value_that_nobody_has_opens_into_nobody(db, chosen):
    build(8)
    assert list(students_counted_in(taken(), chosen, reach=None)) == []


def test_a_part_of_the_students_is_read_page_by_page(db):
    build(9)
    snapshot = taken()
    everybody = list(students_counted_in(snapshot, {}, reach=None))
    pages = [students_counted_in(snapshot, {}, reach=None, start=start, limit=3) for start in range(0, 60, 3)]
    assert [each for page in pages for each in page] == everybody
