"""The roster of a SAU follows the enrollments, the names and the schools, by itself."""

from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from tidegate.records import student_list
from tidegate.records.changes import note_change
from tidegate.records.import_folder import import_reference
from tidegate.records.models import ChangeKind, Enrollment, RosterLine
from tidegate.records.models.roster import fill_roster
from tidegate.records.revert import find_undoable, revert
from tidegate.records.student_list import StudentList
from tidegate.reference.models import Organization, SchoolYear

pytestmark = pytest.mark.django_db

ARIA, BANJO = "900000001", "900000002"
ALL_LINES = {
    (1000, "AMPLIFIER", ARIA), (1000, "O'OCTAVE", BANJO), (2000, "AMPLIFIER", ARIA), (2000, "O'OCTAVE", BANJO),
}  # fmt: skip


@pytest.fixture(autouse=True)
def always_from_the_roster(monkeypatch):
    monkeypatch.setattr(student_list, "_MAX_GATHERED_IN_SAU", -1)


def listed(sau: int) -> list[str]:
    students = StudentList(Organization.objects.get(pk=sau), SchoolYear.objects.get(first=2020))
    return [student.number for student in students.rows(0, 50)]


def lines() -> set[tuple[int, str, str]]:
    return set(RosterLine.objects.values_list("sau_id", "last_key", "student_id"))


def test_a_student_is_on_the_rosters_of_the_sau_and_of_the_schools_sau(write_folder):
    import_reference(write_folder(), by=None)
    assert lines() == ALL_LINES


def test_what_was_there_before_the_roster_is_put_on_it(write_folder):
    import_reference(write_folder(), by=None)
    RosterLine.objects.all().delete()
    fill_roster()
    fill_roster()
    assert lines() == ALL_LINES


def test_whoever_is_called_otherwise_stands_once_and_at_the_new_name(write_folder):
    import_reference(write_folder(), by=None)
    assert listed(1000) == [ARIA, BANJO]
    import_reference(write_folder(students=["900000001,Zither,Aria,,2004-05-17,F"]), by=None)
    assert listed(1000) == [BANJO, ARIA]
    import_reference(write_folder(students=["900000001,Amplifier,Aria,,2004-05-17,F"]), by=None)
    assert listed(1000) == [ARIA, BANJO]


def test_a_school_that_moves_to_another_sau_takes_its_students_along(write_folder):
    import_reference(write_folder(), by=None)
    Organization.objects.create(pk=3000, name="Island Public Schools", kind="SAU")
    assert listed(3000) == []
    Organization.objects.filter(pk=2001).update(parent=3000)
    assert listed(3000) == [ARIA]
    assert listed(2000) == [BANJO]
    assert listed(1000) == [ARIA, BANJO]


def test_an_undo_puts_back_whoever_was_taken_from_the_list(write_folder):
    import_reference(write_folder(), by=None)
    stays = Enrollment.objects.filter(student=BANJO)
    stays.update(ended_with=7, replaced_at=datetime.now(UTC))
    assert listed(1000) == [ARIA]
    RosterLine.objects.filter(student_id=BANJO).delete()
    with transaction.atomic():
        find_undoable(Enrollment, change_id=7)
        revert(Enrollment, change_id=7, undo=note_change(ChangeKind.UNDO, by=None, undoes=7))
    assert listed(1000) == [ARIA, BANJO]


def test_a_roster_is_of_one_year(write_folder):
    import_reference(write_folder(), by=None)
    year = SchoolYear.objects.create(first=2021, name="2021-2022")
    place = {"sau_id": 1000, "school_id": 1001, "enrollment_type": "P", "entry_date": date(2021, 9, 1)}
    Enrollment.objects.create(student_id=ARIA, school_year=year, **place)
    students = StudentList(Organization.objects.get(pk=1000), year).rows(0, 50)
    assert [student.number for student in students] == [ARIA]
