"""Participation: each cell is as a plain count says, by any definition and for whoever sees only some students."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from tests.accountability.counting.test_concentrators import plain_status
from tests.accountability.cte_state import YEAR, any_definition, build, take
from tidegate.accountability.certification.verify_snapshot import verify_snapshot
from tidegate.accountability.counting.enrolled_students import MEASURES, enrolled_students
from tidegate.accountability.definitions.definition import Definition, find_definitions
from tidegate.accountability.models import Snapshot
from tidegate.accountability.outputs.counts import counts_csv
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.reports.compare_definitions import compare_definitions
from tidegate.accountability.reports.grouping import TABLES
from tidegate.accountability.reports.participation import COUNTED, participation_tables
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.core.errors import NotFound
from tidegate.records.models import Enrollment, StudentVersion
from tidegate.reference.models import SchoolYear
from tidegate.states.maine.models import CteRecord

SAMPLE, ALL = 3, 50
COUNT_DAY = date(YEAR, 10, 1)
PLACES = {"school": 1, "program": 2, "grade": 3, "gender": 4, "sau": 5}


def plain_rows(definition) -> set[tuple]:
    """Return student, school, program, grade, gender, sending SAU, the measures and the credits of the year, counted
    one student after the other."""
    length = {"code": 20, "cip-6": 7, "cip-4": 5, "cip-2": 2}[definition.file.program_key]
    status = plain_status(definition)
    rows = set()
    for student in StudentVersion.objects.all():
        number = student.student_id
        own = [
            each for each in Enrollment.objects.filter(student=number, school_year=YEAR) if is_in_base(each, definition)
        ]
        schools = {str(each.school_id) for each in own if each.school.kind == "CTE School"}
        primary = [each for each in own if each.enrollment_type == "P"]
        primary.sort(key=lambda each: each.entry_date, reverse=True)
        lines = list(CteRecord.objects.filter(student=number, school_year=YEAR))
        programs = {program: of for (other, program), of in status.items() if other == number}
        is_done = any(of[5] for of in programs.values())
        for school in schools:
            here = {p for p, of in programs.items() if school in of[0] or not schools & set(of[0])}
            grades = [each.grade_level for each in own if str(each.school_id) == school and each.grade_level]
            grade = (primary[0].grade_level if primary else "") or min(grades, default="")
            for program in here or {""}:
                of = programs.get(program, ((), None, 0, 0, None, None))
                earned = [each for each in lines if str(each.school_id) == school and each.cte_code[:length] == program]
                measures = (
                    True,
                    not any(str(line.school_id) == school for line in lines),
                    of[4] is not None,
                    of[1] == definition.file.courses_needed - 1 and not is_done,
                    of[5] is not None,
                )
                sau = str(primary[0].sau_id) if primary else ""
                credits_earned = sum((line.credits_earned for line in earned), Decimal(0))
                rows.add((number, school, program, grade, student.gender, sau, measures, credits_earned))
    return rows


def is_in_base(enrollment, definition) -> bool:
    begins, ends = enrollment.entry_date, enrollment.exit_date
    if definition.file.base == "count-day":
        day = COUNT_DAY
        return begins <= day and (ends is None or ends > day)
    return ends is None or ends > begins


def plain_numbers(rows) -> dict:
    students = defaultdict(lambda: [set() for _ in MEASURES])
    earned = defaultdict(Decimal)
    for row in rows:
        for table in TABLES:
            cell = table, tuple(row[PLACES[name]] for name in table)
            earned[cell] += row[7]
            for place, is_counted in enumerate(row[6]):
                if is_counted:
                    students[cell][place].add(row[0])
    return {cell: ([len(each) for each in found], earned[cell]) for cell, found in students.items()}


def numbers(snapshot: Snapshot, definition, reach=None) -> dict:
    return {
        (line.dimensions, line.keys): (list(line.counts.values()), line.credits)
        for table in participation_tables(snapshot, definition, reach=reach)
        for line in table.lines
    }


def test_every_cell_is_as_a_plain_count_says(request, db):
    for seed in range(ALL if request.config.getoption("--long") else SAMPLE):
        with transaction.atomic():
            rng = build(seed)
            snapshot = take()
            for _ in range(3):
                definition = any_definition(rng)
                rows = plain_rows(definition)
                assert len(rows) > 5
                assert numbers(snapshot, definition) == plain_numbers(rows), definition
                own = {row for row in rows if row[1] == "1002" or row[5] == "1000"}
                assert numbers(snapshot, definition, ["1000", "1001", "1002"]) == plain_numbers(own)
            transaction.set_rollback(True)


def test_each_number_opens_into_exactly_its_students(db):
    rng = build(7)
    snapshot, definition = take(), any_definition(rng, courses_needed=2, grades=())
    opened = 0
    for table in participation_tables(snapshot, definition):
        for line in table.lines:
            for measure, count in line.counts.items():
                chosen = dict(zip(line.dimensions, line.keys, strict=True)) | {"measure": measure}
                students = list(enrolled_students(snapshot, definition, chosen, reach=None))
                assert len({each.number for each in students}) == count
                assert all(
                    getattr(each, name) == key for each in students for name, key in chosen.items() if name != "measure"
                )
                opened += count > 0
    assert opened > 20


def test_two_definitions_say_what_the_second_does_to_each_school(db):
    rng = build(3)
    snapshot = take()
    for _ in range(3):
        pair = [any_definition(rng), any_definition(rng)]
        plain = [plain_rows(each) for each in pair]
        compared = {each.identifier: each.numbers for each in compare_definitions(snapshot, *pair)}
        assert list(compared) == ["", "1002", "2002", "3002"]
        for measure in COUNTED:
            place = list(MEASURES).index(measure)
            for school, numbers in compared.items():
                first, second = ({row[0] for row in rows if row[6][place] and school in ("", row[1])} for rows in plain)
                expected = (len(first), len(second), len(second - first), len(first - second))
                assert numbers[measure] == expected
                only = {"measure": measure} | ({"school": school} if school else {})
                found = enrolled_students(snapshot, pair[1], only, reach=None, unlike=pair[0])
                assert not school or {each.number for each in found} == second - first


def test_a_snapshot_keeps_its_definition_whatever_the_file_says_later(db, monkeypatch):
    build(5)
    year = SchoolYear.objects.get(first=YEAR)
    period = find_period("cte-year-end")
    taken = take_snapshot(period, year, by=None, on=date(YEAR + 1, 6, 30))
    before = b"".join(counts_csv(taken))
    assert before.count(b"\r\n") > 50
    named = find_definitions()
    assert taken.digests["definition"] == named["2020-2021"].digest
    other = Definition("2020-2021", named["2024-2025"].file, named["2024-2025"].text)
    monkeypatch.setitem(named, "2020-2021", other)
    assert b"".join(counts_csv(taken)) == before
    assert verify_snapshot(taken) == ""
    again = take_snapshot(period, year, by=None, on=date(YEAR + 1, 6, 30))
    assert again.sha256 != taken.sha256
    assert b"".join(counts_csv(again)) != before
    monkeypatch.delitem(named, "2020-2021")
    with pytest.raises(NotFound):
        take_snapshot(period, year, by=None, on=date(YEAR + 1, 6, 30))


def test_a_part_of_the_students_is_read_page_by_page(db):
    rng = build(9)
    snapshot, definition = take(), any_definition(rng)
    everybody = list(enrolled_students(snapshot, definition, {}, reach=None))
    pages = [enrolled_students(snapshot, definition, {}, reach=None, start=at, limit=3) for at in range(0, 90, 3)]
    assert [each for page in pages for each in page] == everybody
