"""Participants and concentrators by a definition are those whom a plain reading of it names."""

from collections import defaultdict
from decimal import Decimal

import pytest
from django.db import transaction
from psycopg import sql

from tests.accountability.cte_state import NAMES, YEAR, YEARS, any_definition, build, take
from tidegate.accountability.counting.concentrators import program_status
from tidegate.accountability.definitions.definition import Definition
from tidegate.accountability.models import Snapshot
from tidegate.core.errors import Conflict
from tidegate.records.models import Enrollment
from tidegate.reference.copy_rows import raw_cursor
from tidegate.states.maine.models import CteRecord

SAMPLE, ALL = 4, 50


def status(snapshot: Snapshot, definition: Definition) -> dict[tuple[str, str], tuple]:
    query = sql.SQL(
        "SELECT student, program, schools, courses, credits, credits_in_year, participant_since, concentrator_since"
        " FROM ({}) status"
    ).format(program_status(snapshot, definition))
    with raw_cursor() as cursor:
        rows = cursor.execute(query).fetchall()
    return {(row[0], row[1]): (sorted(row[2]), *row[3:]) for row in rows}


def plain_status(definition: Definition) -> dict[tuple[str, str], tuple]:
    """Return what the definition says, one student and program after the other."""
    file = definition.file
    length = {"code": 20, "cip-6": 7, "cip-4": 5, "cip-2": 2}[file.program_key]
    lines = defaultdict(list)
    here = set(Enrollment.objects.filter(school_year=YEAR).values_list("student", flat=True))
    here |= set(CteRecord.objects.filter(school_year=YEAR).values_list("student", flat=True))
    for line in CteRecord.objects.filter(student__in=here):
        lines[line.student_id, line.cte_code[:length]].append(line)
    found = {}
    for (student, program), own in lines.items():
        counts = {year: plain_courses(file, [line for line in own if line.school_year_id <= year]) for year in YEARS}
        worked = [line.school_year_id for line in own if plain_worth(file, line)]
        is_left = not file.sticky and (not worked or max(worked) != YEAR)
        found[student, program] = (
            sorted({str(line.school_id) for line in own}),
            counts[YEAR],
            sum((line.credits_earned for line in own), Decimal(0)),
            sum((line.credits_earned for line in own if line.school_year_id == YEAR), Decimal(0)),
            None if is_left else plain_since(file, student, counts, file.courses_for_participant),
            None if is_left else plain_since(file, student, counts, file.courses_needed),
        )
    return found


def plain_worth(file, line) -> bool:
    return line.credits_earned >= file.credits_per_course if file.course_unit == "record" else line.credits_earned > 0


def plain_courses(file, lines) -> int:
    if file.course_unit == "record":
        return sum(line.credits_earned >= file.credits_per_course for line in lines)
    return int(sum((line.credits_earned for line in lines), Decimal(0)) // file.credits_per_course)


def plain_since(file, student, counts, needed) -> str | None:
    for year in YEARS:
        if counts[year] >= needed and (not file.grades or plain_grade(student, year) in file.grades):
            return NAMES[year]
    return None


def plain_grade(student, year) -> str:
    own = list(Enrollment.objects.filter(student=student, school_year=year))
    own.sort(key=lambda each: (each.enrollment_type == "P", each.entry_date), reverse=True)
    first = [
        each for each in own if (each.enrollment_type, each.entry_date) == (own[0].enrollment_type, own[0].entry_date)
    ]
    return min((each.grade_level for each in first if each.grade_level), default="") if own else ""


def test_each_student_and_program_is_as_a_plain_reading_says(request, db):
    seen = set()
    for seed in range(ALL if request.config.getoption("--long") else SAMPLE):
        with transaction.atomic():
            rng = build(seed)
            snapshot = take()
            for _ in range(5):
                definition = any_definition(rng)
                plain = plain_status(definition)
                assert status(snapshot, definition) == plain, definition
                seen |= {row[4:] for row in plain.values()}
            transaction.set_rollback(True)
    assert len(seen) > 5


def test_a_snapshot_without_courses_is_refused(db):
    rng = build(1, students=2)
    snapshot = take()
    snapshot.tables = [table for table in snapshot.tables if table["name"] != "cte_records"]
    with pytest.raises(Conflict) as refused:
        program_status(snapshot, any_definition(rng))
    assert refused.value.message == (
        f"Snapshot {snapshot.pk} has no CTE records, in which the definition looks for courses"
    )
