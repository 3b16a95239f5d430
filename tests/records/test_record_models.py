"""What the database itself holds of the records, whoever writes."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tidegate.records.models import CURRENT, Enrollment, Student, StudentVersion
from tidegate.reference.models import Organization, SchoolYear
from tidegate.states.maine.models import CteRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def enroll():
    """Return a function that stores a primary enrollment, with other cells where they are given."""
    years = {first: SchoolYear.objects.create(first=first, name=f"{first}-{first + 1}") for first in (2020, 2021)}
    sau = Organization.objects.create(id=1000, name="Rock Star Public Schools", kind="SAU")
    schools = [Organization.objects.create(id=n, name=str(n), kind="School", parent=sau) for n in (1001, 1002)]
    for number in ("900000001", "900000002"):
        Student.objects.create(number=number)

    def store(
        entry_date: date, exit_date: date | None = None, *, school: int = 0, year: int = 2020, **other
    ) -> Enrollment:
        usual = {"student_id": "900000001", "sau": sau, "enrollment_type": "P"}
        return Enrollment.objects.create(
            entry_date=entry_date, exit_date=exit_date, school=schools[school], school_year=years[year], **usual | other
        )

    return store


SEPTEMBER, DECEMBER = date(2020, 9, 1), date(2020, 12, 1)


def test_a_student_has_one_primary_enrollment_at_a_time(enroll):
    enroll(SEPTEMBER, DECEMBER)
    with pytest.raises(IntegrityError, match="enrollment_one_primary_at_a_time"), transaction.atomic():
        enroll(date(2020, 11, 30), school=1)
    enroll(DECEMBER, school=1)  # leaving and entering on one day is no overlap


def test_an_enrollment_without_an_end_overlaps_everything_after_it(enroll):
    enroll(SEPTEMBER)
    with pytest.raises(IntegrityError, match="one_primary"), transaction.atomic():
        enroll(date(2021, 5, 1), school=1)


def test_concurrent_enrollments_other_students_other_years_and_replaced_versions_do_not_count(enroll):
    first = enroll(SEPTEMBER)
    enroll(SEPTEMBER, school=1, enrollment_type="C")
    enroll(SEPTEMBER, school=1, student_id="900000002")
    enroll(SEPTEMBER, school=1, year=2021)
    first.replaced_at = timezone.now()
    first.save()
    enroll(SEPTEMBER, school=1)


def test_a_current_enrollment_has_its_key_once(enroll):
    enroll(SEPTEMBER, enrollment_type="C")
    with pytest.raises(IntegrityError, match="enrollment_current_once"), transaction.atomic():
        enroll(SEPTEMBER, enrollment_type="C")


@pytest.mark.parametrize(
    "wrong",
    [{"exit_date": date(2020, 8, 31)}, {"enrollment_type": "S"}, {"ended_with": 7}],
    ids=["ends before it begins", "unknown type", "replaced without a day"],
)
def test_an_enrollment_that_cannot_be_is_refused(enroll, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        enroll(SEPTEMBER, **wrong)


@pytest.mark.parametrize("number", ["12345678", "12345678a", "123 56789"])
def test_a_state_student_number_has_nine_digits(number):
    with pytest.raises(IntegrityError, match="student_number_is_9_digits"), transaction.atomic():
        Student.objects.create(number=number)


def test_a_student_has_one_current_version():
    student = Student.objects.create(number="900000001")
    old = StudentVersion.objects.create(student=student, last_name="Amplifier")
    with pytest.raises(IntegrityError, match="student_version_current_once"), transaction.atomic():
        StudentVersion.objects.create(student=student, last_name="Backbeat")
    StudentVersion.objects.filter(pk=old.pk).update(replaced_at=timezone.now())
    StudentVersion.objects.create(student=student, last_name="Backbeat")
    assert StudentVersion.objects.get(CURRENT).last_name == "Backbeat"


def test_two_cte_lines_alike_are_legal(enroll):
    enrollment = enroll(SEPTEMBER)
    line = {"student": enrollment.student, "school_year": enrollment.school_year, "sau": enrollment.sau}
    for _ in range(2):
        CteRecord.objects.create(
            **line, school=enrollment.school, cte_code="01.0205", start_date=SEPTEMBER, credits_earned="1.50"
        )
    assert CteRecord.objects.filter(CURRENT).count() == 2


def test_a_student_in_a_log_line_has_no_number():
    assert "9000" not in str(Student(number="900000001"))
