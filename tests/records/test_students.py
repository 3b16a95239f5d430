"""The student list of an organization: who is there, who is active, and what is shown of them."""

from datetime import date

import pytest

from tidegate.records.import_folder import import_reference
from tidegate.records.models import Student
from tidegate.records.students import organizations_of, search_students, students_of
from tidegate.reference.models import Organization, SchoolYear

pytestmark = pytest.mark.django_db

TODAY = date(2021, 1, 15)
ARIA, BANJO = "900000001", "900000002"


@pytest.fixture
def listed(write_folder):
    """Return the numbers of the students of an organization: `listed(1000, show_students="active")`."""
    import_reference(write_folder(), by=None)
    SchoolYear.objects.create(first=2021, name="2021-2022")

    def ask(organization_id: int | None, *, first: int = 2020, show_students: str = "all") -> list[str]:
        organization = Organization.objects.get(pk=organization_id) if organization_id else None
        year = SchoolYear.objects.get(first=first)
        return [s.number for s in students_of(organization, year, show_students=show_students, today=TODAY)]

    return ask


@pytest.mark.parametrize(
    ("organization_id", "numbers"),
    [
        (None, [ARIA, BANJO]),
        (1000, [ARIA, BANJO]),
        (1001, [ARIA, BANJO]),
        (2000, [ARIA, BANJO]),  # Aria at its CTE school, Banjo at its high school
        (2001, [ARIA]),
        (2002, [BANJO]),
    ],
)
def test_a_saus_students_are_its_own_and_those_at_its_schools(listed, organization_id, numbers):
    assert listed(organization_id) == numbers


def test_another_year_has_other_students(listed):
    assert listed(1000, first=2021) == []


def test_active_is_who_has_not_left(listed):
    assert listed(1000, show_students="active") == [ARIA]
    assert listed(1000, show_students="inactive") == [BANJO]
    assert listed(2000, show_students="active") == [ARIA, BANJO]
    assert listed(None, show_students="inactive") == []


def test_who_will_leave_is_active_until_then(listed):
    sau, year = Organization.objects.get(pk=1000), SchoolYear.objects.get(first=2020)
    days = (date(2020, 11, 30), date(2020, 12, 1))
    counts = [students_of(sau, year, show_students="active", today=day).filter(number=BANJO).count() for day in days]
    assert counts == [1, 0]


def test_a_student_carries_the_current_name(listed, write_folder):
    import_reference(write_folder(students=["900000001,Backbeat,Aria,,2004-05-17,F"]), by=None)
    year = SchoolYear.objects.get(first=2020)
    found = students_of(Organization.objects.get(pk=1001), year).get(number=ARIA)
    assert (found.last_name, found.first_name, found.date_of_birth) == ("Backbeat", "Aria", date(2004, 5, 17))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (ARIA, [ARIA]),
        ("amp", [ARIA]),
        ("Octave", []),
        ("o'oct ban", [BANJO]),
        ("Amplifier, Aria", [ARIA]),
        ("", [ARIA, BANJO]),
    ],
)
def test_students_are_found_by_number_or_by_the_beginnings_of_names(listed, text, numbers):
    students = students_of(None, SchoolYear.objects.get(first=2020))
    assert [student.number for student in search_students(students, text)] == numbers


def test_the_organizations_of_a_student_are_those_of_the_current_enrollments(listed):
    student = Student.objects.get(number=ARIA)
    assert {o.pk for o in organizations_of(student)} == {1000, 1001, 2001}
    assert not organizations_of(student, SchoolYear.objects.get(first=2021)).exists()


def test_the_list_takes_one_query(listed, django_assert_num_queries):
    with django_assert_num_queries(1):
        list(students_of(None, SchoolYear(first=2020)))
