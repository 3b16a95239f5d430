"""The workbook of a snapshot: its numbers by a plain count, who may make it, and what the audit log keeps."""

import hashlib

import pytest
from typer.testing import CliRunner

from tests.accountability.cte_state import build, take
from tidegate.accountability.department.forms import forms_of
from tidegate.accountability.department.make import department_forms, make_workbook
from tidegate.accounts.models import Membership, Person
from tidegate.accounts.roles import ROLES
from tidegate.audit.models import Event
from tidegate.cli.snapshot import snapshot as command
from tidegate.core.errors import NotAllowed
from tidegate.records.models import StudentVersion
from tidegate.states.maine.models import CteRecord


@pytest.fixture
def taken(db):
    build(7)
    return take()


def test_participants_and_concentrators_are_counted_as_a_plain_count_does(taken):
    enrollment = next(forms_of(taken))
    courses: dict[tuple[str, str], int] = {}
    for line in CteRecord.objects.filter(credits_earned__gt=0):
        key = (line.student_id, line.cte_code)
        courses[key] = courses.get(key, 0) + 1
    seen = frozen_students(taken)
    participants = {student for (student, _), many in courses.items() if student in seen and many >= 1}
    concentrators = {student for (student, _), many in courses.items() if student in seen and many >= 2}
    assert (enrollment.total.numerator, enrollment.total.denominator) == (len(concentrators), len(participants))
    gender = dict(StudentVersion.objects.values_list("student_id", "gender"))
    by_sex = {part.key: (part.numerator, part.denominator) for part in enrollment.categories[0].parts}
    for key, counted in by_sex.items():
        of = {student for student in participants if gender[student] == key}
        assert counted == (len(of & concentrators), len(of))
    programs = next(category for category in enrollment.categories if category.name == "program")
    for part in programs.parts:
        of = {student for (student, code), many in courses.items() if code == part.key and student in seen}
        assert part.denominator == len(of)
    assert enrollment.differences == []


def frozen_students(taken) -> set[str]:
    column = taken.column_of("students", "student")
    return {line.cells[column - 1] for line in taken.lines.filter(table_name="students")}


@pytest.mark.parametrize("role", ROLES.values(), ids=ROLES)
def test_only_the_states_role_makes_it(taken, role):
    person = Person.objects.create_user("a@example.org", "a long password", name="A")
    if role.is_state_wide:
        Membership.objects.create(person=person, role=role.slug, organization=None)
    if role.slug == "state-administrator":
        assert make_workbook(taken, by=person).content
        return
    for act in (make_workbook, department_forms):
        with pytest.raises(NotAllowed, match="make files for the Department"):
            act(taken, by=person)
    assert not Event.objects.filter(act="department.workbook_made").exists()


def test_the_command_writes_it_and_the_audit_log_keeps_both_hashes(taken, tmp_path):
    path = tmp_path / "book.xlsx"
    said = CliRunner().invoke(command, ["department", str(taken.pk), "--output", str(path)], catch_exceptions=False)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert said.output.strip() == digest
    event = Event.objects.get(act="department.workbook_made")
    assert (event.details["sha256"], event.details["snapshot_sha256"]) == (digest, taken.sha256)
    assert event.subject_id == str(taken.pk)
