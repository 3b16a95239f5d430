"""The demo state: invented, the same every time, and its files show what the guide shows."""

from datetime import date

import pytest
from django.utils import timezone

from tidegate.core.checking import CheckResult, Focus, check
from tidegate.core.layouts.school_year import SchoolYear as Year
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.core.reference.table import reference_tables
from tidegate.demo import fill_demo
from tidegate.file_types import find
from tidegate.records.changes import note_change
from tidegate.records.export_folder import export_reference
from tidegate.records.models import ChangeKind, Enrollment, Student
from tidegate.records.reference_data import ReferenceDatabase
from tidegate.records.stored_lines import stored_lines
from tidegate.reference.models import Code, Organization, SchoolYear
from tidegate.states.maine.demo.enrollments import list_enrollments
from tidegate.states.maine.demo.files import DemoFiles, write_files
from tidegate.states.maine.demo.organizations import CAPITAL_AREA, ORGANIZATIONS, ROCK_STAR
from tidegate.states.maine.demo.write_reference import write_reference

TODAY = date(2026, 11, 23)
YEAR = Year(2020)


@pytest.fixture
def files(tmp_path) -> DemoFiles:
    return write_files(tmp_path / "files")


@pytest.fixture
def filled(db, files):
    """The demo state, with the enrollments of the Student Enrollment file loaded."""
    fill_demo(today=TODAY)
    checked = judge(files.student_enrollment, ReferenceDatabase())
    for row in checked.good_rows.iter_rows(named=True):
        Enrollment.objects.create(
            student_id=row["StateStudentID"],
            school_year_id=2020,
            sau_id=row["sau.id"],
            school_id=row["school.id"],
            enrollment_type=row["EnrollmentType:value"],
            entry_date=row["EntryDate:value"],
            began_with=1,
        )
    return checked


def judge(file, tables, organization=ROCK_STAR) -> CheckResult:
    kind = find(file.file_type)
    focus = Focus(YEAR, organization.id, organization.name)
    return check(file.path, kind.layout, kind.rules, focus=focus, tables=tables)


@pytest.mark.django_db
def test_filling_in_again_changes_nothing():
    assert fill_demo(today=TODAY).has_changes
    assert not fill_demo(today=TODAY).has_changes
    assert list(SchoolYear.objects.values_list("name", flat=True)) == ["2026-2027", "2020-2021", "2019-2020"]
    assert (Organization.objects.filter(kind="CTE School").count(), Code.objects.count()) == (16, 36)
    assert Enrollment.objects.filter(school_year=2020, enrollment_type="C").count() > 40
    assert Enrollment.objects.filter(school_year=2026, enrollment_type="C").count() > 40


@pytest.mark.django_db
def test_filling_in_again_leaves_what_was_sent_and_closed():
    fill_demo(today=TODAY)
    upload = note_change(ChangeKind.UPLOAD, by=None)
    Enrollment.objects.filter(school_year=2020).update(grade_level="01", began_with=upload.pk)
    Enrollment.objects.filter(school_year=2019).update(grade_level="02")
    SchoolYear.objects.filter(first=2019).update(closed_at=timezone.now())
    assert not fill_demo(today=TODAY).has_changes


@pytest.mark.django_db
@pytest.mark.parametrize("today", [date(2020, 7, 1), date(2021, 6, 30), date(2019, 12, 1), date(2030, 1, 1)])
def test_any_day_can_be_today(today):
    fill_demo(today=today)
    assert SchoolYear.objects.filter(first=Year.of(today).first).exists()


@pytest.mark.django_db
def test_every_student_has_a_number_that_is_never_given_and_ids_have_4_digits():
    fill_demo(today=TODAY)
    assert all(number.startswith("9000") for number in Student.objects.values_list("number", flat=True))
    assert all(9000 <= organization.id <= 9999 for organization in ORGANIZATIONS)
    assert len({organization.id for organization in ORGANIZATIONS}) == len(ORGANIZATIONS)


def test_the_same_day_gives_the_same_bytes(tmp_path):
    for name in ("first", "second"):
        write_reference(tmp_path / name, today=TODAY)
        write_files(tmp_path / name)
    for path in (tmp_path / "first").iterdir():
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes()


def test_the_student_enrollment_file_is_all_good_and_brings_only_what_is_new(tmp_path, files):
    write_reference(tmp_path, today=TODAY)
    checked = judge(files.student_enrollment, ReferenceFolder(tmp_path))
    assert (checked.error_count, checked.findings.is_empty()) == (0, True)
    stored = {e.student.number for e in list_enrollments(TODAY) if e.school_year == YEAR}
    assert not stored & set(checked.rows["StateStudentID"])
    assert set(checked.rows["EnrollmentType"]) == {"P", "C"}


@pytest.mark.parametrize("organization", [ROCK_STAR, CAPITAL_AREA], ids=lambda o: o.name)
def test_the_good_cte_file_is_good_once_the_enrollments_are_in(filled, files, organization):
    checked = judge(files.cte, ReferenceDatabase(), organization)
    assert (checked.row_count, checked.error_count, checked.findings.is_empty()) == (23, 0, True)


def test_the_cte_file_rests_on_the_student_enrollment_file(tmp_path, files):
    write_reference(tmp_path, today=TODAY)
    assert judge(files.cte, ReferenceFolder(tmp_path)).error_count == 10


def test_the_file_of_the_year_before_is_good(tmp_path, files):
    write_reference(tmp_path, today=TODAY)
    file = files.cte_last_year
    kind = find(file.file_type)
    focus = Focus(file.school_year, ROCK_STAR.id, ROCK_STAR.name)
    checked = check(file.path, kind.layout, kind.rules, focus=focus, tables=ReferenceFolder(tmp_path))
    assert (checked.row_count, checked.error_count, checked.findings.is_empty()) == (9, 0, True)


def test_the_guides_two_errors_are_these_and_no_others(filled, files):
    checked = judge(files.cte_two_errors, ReferenceDatabase(), CAPITAL_AREA)
    assert checked.findings["message"].to_list() == [
        'Secondary enrollment not found at "Capital Area Technical Center"',
        'Unable to resolve CTE Code "43"',
    ]
    assert (checked.row_count, checked.success_count, checked.error_count) == (25, 23, 2)


def test_the_mixed_file_shows_many_kinds_of_trouble(filled, files):
    checked = judge(files.cte_mixed, ReferenceDatabase())
    assert {
        "CELL101", "CELL103", "CELL105", "CELL107", "CELL108", "CELL120", "CTE201", "CTE301", "CTE403", "CTE404",
        "CTE503", "FILE020", "FIND401", "FIND402", "FIND403", "ROW101",
    } <= set(checked.findings["code"])  # fmt: skip
    assert (checked.success_count, checked.error_count) == (7, 15)


def test_the_exported_demo_state_judges_as_the_database_does(filled, files, tmp_path):
    export_reference(tmp_path / "out")
    of_lines = {lines.table.file.file_name for lines in stored_lines()}
    of_tables = {file.file_name for table in reference_tables() for file in table.files()}
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"credential_codes.csv"} | of_tables | of_lines
    for file in (files.cte, files.cte_two_errors, files.cte_mixed, files.student_information_mistakes):
        database, folder = (
            judge(file, ReferenceDatabase()),
            judge(file, ReferenceFolder(tmp_path / "out")),
        )
        assert database.findings.equals(folder.findings)
